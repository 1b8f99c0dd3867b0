import { type RuleRefusal, replaceable, unsupported } from './refusal.ts';

/** Names of pandas that have another way here. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  loc: 'df[…][…]',
  iloc: 'df[…]',
  values: 'df[…]',
  unique: '.nunique()',
  size: 'len(…)',
  query: 'df[…]',
  std: 'sage: stddev(…)',
  median: 'sage: median(…)',
  groupby: 'sage: sum(… by …)',
  clip: '.between(…, …)',
  apply: 'df[…] …',
  dropna: 'df[df[…].notnull()]',
  dt: 'sage: year(…)',
  to_datetime: 'sage: to_date(…)',
  to_numeric: 'sage: to_number(…)',
  Timestamp: 'sage: today',
  isdigit: ".str.fullmatch('[0-9]+')",
  isnumeric: ".str.fullmatch('[0-9]+')",
  isalpha: '.str.fullmatch(…)',
  isalnum: '.str.fullmatch(…)',
  slice: 'sage: substr(…)',
  replace: 'sage: replace(…)',
  isna: 'isnull',
  notna: 'notnull',
  title: '.str.upper()',
};

export function refusedName(name: string, at: number): RuleRefusal {
  const replacement = Object.hasOwn(REPLACEMENTS, name) ? REPLACEMENTS[name] : undefined;
  return replacement === undefined ? unsupported(`.${name}`, at) : replaceable(`.${name}`, at, replacement);
}
