import type { Locale } from '../messages.ts';
import { SIGNS, stated, type Words, wordsOf } from './labels.ts';
import type { Report } from './model.ts';

/** `results.txt`: the report for a terminal or a plain mail. A section without content is left out but the first three. */
export function resultsText(report: Report, locale: Locale): string {
  const words = wordsOf(locale);
  const sections = [
    general(report, words),
    summary(report, words, locale),
    perFile(report, words, locale),
    formatErrors(report, words),
    missingFiles(report, words),
    performance(report, words),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const head = (title: string) => [title.toUpperCase(), '='.repeat(title.length)];
/** One line a fact, without line ends of foreign text. */
const fact = (label: string, value: string | number) => `${label}: ${oneLine(String(value))}`;
const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');

function general({ execution_id, specification, execution_info: info }: Report, words: Words) {
  return [
    ...head(words.title),
    fact(words.execution, execution_id),
    fact(words.specification, `${specification.name} (${words.version} ${specification.version})`),
    fact(words.started, info.start_time),
    fact(words.ended, info.end_time),
    fact(words.duration, info.duration),
    ...(info.casilla_id === null ? [] : [fact(words.mailbox, info.casilla_id)]),
    ...(info.emisor_id === null ? [] : [fact(words.sender, info.emisor_id)]),
    ...(info.metodo_envio === null ? [] : [fact(words.method, info.metodo_envio)]),
  ];
}

function summary({ summary: sums }: Report, words: Words, locale: Locale) {
  return [
    ...head(words.summary),
    fact(words.result, `${SIGNS[sums.status]} ${stated(sums.status, locale)}`),
    fact(words.records, sums.total_records),
    fact(words.errors, sums.errors),
    fact(words.warnings, sums.warnings),
    fact(words.messages, sums.messages),
    fact(words.successRate, `${sums.success_rate} %`),
  ];
}

function perFile({ files }: Report, words: Words, locale: Locale) {
  const lines = Object.entries(files.statistics).map(([file, { records, errors, warnings, state }]) => {
    const counts = [
      `${words.records} ${records}`,
      `${words.errors} ${errors}`,
      `${words.warnings} ${warnings}`,
    ];
    return `- ${oneLine(file)}: ${stated(state, locale)}; ${counts.join(', ')}`;
  });
  return [...head(words.files), ...(lines.length > 0 ? lines : [words.none])];
}

function formatErrors({ files: { format_errors: faults } }: Report, words: Words) {
  if (faults.length === 0) return [];
  const lines = faults.map(({ file, line, message, code }) => {
    const place = line === null ? file : `${file}:${line}`;
    return `- ${oneLine(place)}: ${oneLine(message)} [${code}]`;
  });
  return [...head(words.formatErrors), ...lines];
}

function missingFiles({ files: { missing_files: missing } }: Report, words: Words) {
  if (missing.length === 0) return [];
  const lines = missing.map(({ filename, package: of }) => `- ${oneLine(filename)} (${words.package} ${of})`);
  return [...head(words.missingFiles), ...lines];
}

function performance({ limits_hit: limits }: Report, words: Words) {
  return limits.length === 0 ? [] : [...head(words.performance), ...limits.map((limit) => `- ${limit}`)];
}
