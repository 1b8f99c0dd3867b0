import type { Report, ReportFailure } from './model.ts';
import { escapeXml } from './text.ts';

/** `junit.xml`, for machines that show tests: a suite a file, a case a rule; the built-in checks are one case a file. */
export function junitXml(report: Report): string {
  const suites = Object.keys(report.files.statistics).map((file) => suite(file, report));
  const { errors, total_records: records } = report.summary;
  const attributes = `name="${escapeXml(report.specification.name)}" tests="${records}" failures="${errors}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${attributes}>\n${suites.join('')}</testsuites>\n`;
}

function suite(file: string, { validation, files, rules }: Report): string {
  const failures = validation.failures.filter((failure) => failure.file === file);
  const faults = files.format_errors.filter((fault) => fault.file === file);
  const ofRule = (id: string | null) => failures.filter(({ rule }) => rule === id).filter(isError);
  const builtIn = [
    ...faults.map(({ line, message, code }) => lineOf(line, message, code)),
    ...ofRule(null).map(({ line, message, type }) => lineOf(line, message, type)),
  ];
  const named = new Set(failures.flatMap(({ rule }) => rule ?? []));
  const cases = [...named].map((rule) => {
    const { name = rule, failed = 0 } = rules.find(({ id }) => id === rule) ?? {};
    const lines = ofRule(rule).map(({ line, message, type }) => lineOf(line, message, type));
    return testCase(name, file, lines, failed);
  });
  const all = [testCase('built-in checks', file, builtIn, builtIn.length), ...cases];
  return `  <testsuite name="${escapeXml(file)}" tests="${all.length}">\n${all.join('')}  </testsuite>\n`;
}

const isError = ({ severity }: ReportFailure) => severity === 'error';

const lineOf = (line: number | null, message: string, code: string) =>
  `${line === null ? '' : `${line}: `}${message} [${code}]`;

function testCase(name: string, file: string, lines: readonly string[], count: number): string {
  const head = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(file)}"`;
  if (lines.length === 0) return `${head}/>\n`;
  return `${head}>\n      <failure message="${count}">${escapeXml(lines.join('\n'))}</failure>\n    </testcase>\n`;
}
