import {
  type IResolvable,
  ref,
  TerraformDataSource,
  TerraformLocal,
  type TerraformResource,
  TerraformStack,
  Token,
} from 'cdktf';
import type { Construct } from 'constructs';

/**
 * One construct serves CDKTF users, whose choices are known now, and Terraform users, whose choices are
 * variables. A literal `false` makes nothing, `true` makes the plain resource, an expression makes it with
 * `count`.
 */

/** A Terraform expression in template form, such as `${var.name}`. */
export type Expression = `\${${string}}`;
export type Condition = boolean | Expression;
/** A literal, or an expression that gives one. */
export type Settable<T> = T | Expression;

/** A value that is there only when a Terraform expression says so. */
export class Given<T> {
  constructor(
    readonly when: Expression,
    readonly value: T,
  ) {}
}

/** What a caller may bring or leave out. */
export type Optional<T> = T | Given<T> | undefined;

export const given = (value: Optional<unknown>): Condition =>
  value instanceof Given ? value.when : value !== undefined;

/** The value itself; as an expression it is only valid where `given` holds. */
export const unwrap = <T>(value: Optional<T>): T | undefined =>
  value instanceof Given ? value.value : value;

/** Literal texts and `${…}` parts of a template, in order. */
function templateParts(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (depth === 0 && text.startsWith('${', at)) {
      if (at > start) parts.push(text.slice(start, at));
      start = at;
    }
    if (text[at] === '{' && (depth > 0 || start === at - 1)) depth += 1;
    if (text[at] === '}' && depth > 0) {
      depth -= 1;
      if (depth === 0) {
        parts.push(text.slice(start, at + 1));
        start = at + 1;
      }
    }
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

/** True for one whole `${…}`, false for a template with text around it. */
export const isExpression = (value: unknown): value is Expression =>
  typeof value === 'string' && value.startsWith('${') && templateParts(value).length === 1;

/** CDKTF finds its own tokens only inside their braces, so those must stay. */
const isToken = (text: string) => text.includes('TfToken[');

const quote = (text: string) =>
  `"${templateParts(text)
    .map((part) => (part.startsWith('${') ? part : JSON.stringify(part).slice(1, -1)))
    .join('')}"`;

/** A value as the text of a Terraform expression. */
export function hcl(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') {
    return isExpression(value) && !isToken(value) ? value.slice(2, -1) : quote(value);
  }
  if (Array.isArray(value)) return `[${value.map(hcl).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)} = ${hcl(field)}`);
  return `{ ${fields.join(', ')} }`;
}

export const expression = (text: string): Expression => `\${${text}}`;

export const is = (value: string, word: string): Condition =>
  isExpression(value) ? expression(`${hcl(value)} == ${JSON.stringify(word)}`) : value === word;

export const not = (condition: Condition): Condition =>
  typeof condition === 'boolean' ? !condition : expression(`!(${hcl(condition)})`);

export function all(...conditions: readonly Condition[]): Condition {
  if (conditions.includes(false)) return false;
  const open = conditions.filter((condition) => condition !== true);
  const [only = true, ...others] = open;
  return others.length === 0 ? only : expression(open.map((condition) => `(${hcl(condition)})`).join(' && '));
}

export const any = (...conditions: readonly Condition[]): Condition => not(all(...conditions.map(not)));

/** The one or the other value, decided now or at plan time. */
export function choose<T>(condition: Condition, yes: T, no: T): T | Expression {
  if (typeof condition === 'boolean') return condition ? yes : no;
  return expression(`${hcl(condition)} ? ${hcl(yes)} : ${hcl(no)}`);
}

/** Gives a longer expression a readable name; literals stay as they are. */
export function named<T>(scope: Construct, id: string, value: T): T | Expression {
  if (!isExpression(value)) return value;
  return expression(`local.${new TerraformLocal(scope, id, value).friendlyUniqueId}`);
}

export interface Count {
  readonly count?: number;
}

/** Makes a resource, none, or one with `count`. */
export function when<R>(condition: Condition, make: (count: Count) => R): R | undefined {
  if (condition === false) return undefined;
  return make(condition === true ? {} : { count: Token.asNumber(expression(`${hcl(condition)} ? 1 : 0`)) });
}

/** Null: the attribute of what is not there. */
export const ABSENT = expression('null');

/** An attribute of a resource that may be absent. */
export function attribute(resource: Addressable | undefined, name: string): Expression {
  if (!resource) return ABSENT;
  const address = addressOf(resource);
  return resource.count === undefined ? `\${${address}.${name}}` : `\${one(${address}[*].${name})}`;
}

/** A resource, or a data source, whose addresses begin with `data`. */
type Addressable = TerraformResource | TerraformDataSource;

export const addressOf = (resource: Addressable): string =>
  [
    ...(TerraformDataSource.isTerraformDataSource(resource) ? ['data'] : []),
    resource.terraformResourceType,
    resource.friendlyUniqueId,
  ].join('.');

/** The same value for use in any stack: CDKTF then carries it across. */
export const exported = (scope: Construct, value: string): string =>
  isExpression(value) && !isToken(value) ? Token.asString(ref(hcl(value), TerraformStack.of(scope))) : value;

export const numberOf = (value: Settable<number>): number =>
  typeof value === 'number' ? value : Token.asNumber(value);

export const flagOf = (value: Condition): boolean | IResolvable =>
  typeof value === 'boolean' ? value : Token.asAny(value);

export const listOf = (value: Settable<readonly string[]>): string[] =>
  typeof value === 'string' ? Token.asList(value) : [...value];

export const isEmpty = (list: Settable<readonly string[]>): Condition =>
  typeof list === 'string' ? expression(`length(${hcl(list)}) == 0`) : list.length === 0;
