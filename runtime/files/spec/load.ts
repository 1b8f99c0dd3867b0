import { buildTree } from './build-tree.ts';
import { checkCatalogs } from './catalog-checks.ts';
import { lint } from './lints.ts';
import { makeSpec } from './make-spec.ts';
import { checkPackages, checkRuleIds } from './package-checks.ts';
import { type Fault, parseYaml } from './parse-yaml.ts';
import { placedRules } from './placed-rules.ts';
import { ruleProblems } from './rule-problems.ts';
import { DOCUMENT } from './shape.ts';
import { type DocumentNode, keyPlaceOf, pathText, placeOf, type Reading } from './tree.ts';
import type { Problem, Spec } from './types.ts';

export interface LoadedSpec {
  /** Undefined: at least one problem is an error. */
  readonly spec: Spec | undefined;
  /** In the order of the document; at most 500, the last one then says how many more there are. */
  readonly problems: readonly Problem[];
}

/** More are no help, and a record would not hold them. */
const MAX_PROBLEMS = 500;

/** Behind such a fault the rest of the text means something else than it looks, so nothing more is said of it. */
const ENDS_READING: ReadonlySet<string> = new Set([
  'YAML_SYNTAX',
  'YAML_INDENT',
  'YAML_COLON',
  'YAML_MISSING_CHARACTER',
  'YAML_ESCAPE',
  'YAML_MULTIPLE_DOCUMENTS',
  'YAML_EXPANSION',
]);

/**
 * Reads a specification: YAML 1.2 of up to 1 MiB, every problem at once with its line and column (contract files
 * §4.1). Never throws.
 */
export function loadSpec(given: string): LoadedSpec {
  const { text, root, problems } = readDocument(given);
  return root ? readTree(text, root, problems) : finish(undefined, problems);
}

/** Text to nodes within the limits. Without a root, the problems say why. */
export function readDocument(given: string): {
  /** Without a byte order mark. */
  readonly text: string;
  readonly root: DocumentNode | undefined;
  readonly problems: readonly Problem[];
} {
  const text = given.replace(/^\ufeff/, '');
  const parsed = parseYaml(text);
  const faults = [...parsed.faults];
  const root = parsed.document && buildTree(text, parsed.document.contents, parsed, faults);
  const problems = faults.map(problemOf);
  if (!root || isBlank(root))
    return { text, root: undefined, problems: problems.length > 0 ? problems : [EMPTY] };
  const isUnsure = faults.some(({ code }) => ENDS_READING.has(code));
  return { text, root: isUnsure ? undefined : root, problems };
}

const EMPTY: Problem = {
  code: 'SPEC_EMPTY',
  severity: 'error',
  path: '',
  at: { line: 1, column: 1 },
  values: {},
};

const isBlank = (root: DocumentNode): boolean => root.kind === 'scalar' && root.value === null;

const problemOf = ({ code, at, values }: Fault): Problem => ({
  code,
  severity: 'error',
  path: '',
  at,
  values,
});

/** Problems of a key itself are shown at the key, all others at its value. */
const AT_KEY: ReadonlySet<string> = new Set([
  'SPEC_UNKNOWN_KEY',
  'SPEC_KEY_MISPLACED',
  'SPEC_KEY_IGNORED',
  'SPEC_ID',
  'SPEC_ID_UNSAFE',
]);

function readTree(text: string, root: DocumentNode, earlier: readonly Problem[]): LoadedSpec {
  const problems = [...earlier];
  const reading: Reading = {
    report(code, path, values = {}, severity = 'error') {
      const at = (AT_KEY.has(code) ? keyPlaceOf : placeOf)(root, path);
      problems.push({ code, severity, path: pathText(path), at, values });
    },
  };
  if (root.kind !== 'map') reading.report('SPEC_ROOT', []);
  const document = root.kind === 'map' ? DOCUMENT.read(root, [], reading) : undefined;
  if (!document) return finish(undefined, problems);
  checkCatalogs(document, reading);
  checkPackages(document, reading);
  checkRuleIds(placedRules(document), reading);
  lint(document, root, reading);
  const spec = makeSpec(document);
  problems.push(...ruleProblems(text, document, spec, problems.some(isError)));
  return finish(spec, problems);
}

function finish(spec: Spec | undefined, found: readonly Problem[]): LoadedSpec {
  const isRefused = found.some(isError);
  const problems = [...found].sort(
    (a, b) => a.at.line - b.at.line || a.at.column - b.at.column || rank(a) - rank(b),
  );
  return { spec: isRefused ? undefined : spec, problems: capped(problems) };
}

const isError = ({ severity }: Problem): boolean => severity === 'error';
const rank = (problem: Problem): number => (isError(problem) ? 0 : 1);

/** Errors are kept before warnings. */
function capped(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const kept = new Set([...problems].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_PROBLEMS - 1));
  const severity = problems.some((problem) => rank(problem) === 0) ? 'error' : 'warning';
  const at = problems.at(-1)?.at ?? EMPTY.at;
  const more = problems.length - kept.size;
  return [
    ...problems.filter((problem) => kept.has(problem)),
    { code: 'SPEC_MORE_PROBLEMS', severity, path: '', at, values: { more } },
  ];
}
