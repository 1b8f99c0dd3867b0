import { type TerraformStack, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import type { Input, Inputs, Schema } from './inputs.ts';
import { snakeCase } from './names.ts';

/** Makes a Terraform variable of every input, with the checks that its schema asks for. */
export function declareVariables(stack: TerraformStack, inputs: Inputs): void {
  // In a scope of their own, as an output may have the name of an input.
  const scope = new Construct(stack, 'inputs');
  for (const [name, input] of Object.entries(inputs)) {
    const address = snakeCase(name);
    const variable = new TerraformVariable(scope, address, {
      type: input.kind.terraformType,
      description: input.description,
      nullable: mayBeNull(input),
      ...(input.isSensitive ? { sensitive: true } : {}),
      ...validation(address, input),
    });
    variable.overrideLogicalId(address);
    // As an override, because CDKTF fails on null and changes the keys of maps.
    variable.addOverride('default', input.default);
  }
}

const mayBeNull = ({ default: fallback, isNullable }: Input<unknown>): boolean =>
  fallback === null || isNullable === true;

function validation(name: string, input: Input<unknown>) {
  const rule = ruleOf(`var.${name}`, input.kind.schema);
  if (!rule) return {};
  const condition = mayBeNull(input) ? `var.${name} == null ? true : ${rule.condition}` : rule.condition;
  return { validation: [{ condition: `\${${condition}}`, errorMessage: `${name} must ${rule.sentence}.` }] };
}

function ruleOf(address: string, schema: Schema): { condition: string; sentence: string } | undefined {
  const { enum: words, pattern, minimum, maximum } = schema;
  if (words) {
    return {
      condition: `contains(${JSON.stringify(words)}, ${address})`,
      sentence: `be one of ${words.join(', ')}`,
    };
  }
  if (pattern) {
    return { condition: `can(regex(${JSON.stringify(pattern)}, ${address}))`, sentence: `match ${pattern}` };
  }
  if (minimum !== undefined && maximum !== undefined) {
    return {
      condition: `${address} >= ${minimum} && ${address} <= ${maximum} && floor(${address}) == ${address}`,
      sentence: `be a whole number from ${minimum} to ${maximum}`,
    };
  }
  return undefined;
}
