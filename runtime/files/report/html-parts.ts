import type { Locale } from '../messages.ts';
import { html, type Markup, NOTHING } from './html.ts';
import { stated, type Words } from './labels.ts';
import type { ColumnProfile, Report, ReportFailure } from './model.ts';

type Cells = readonly (string | number | Markup)[];

/** A table that scrolls sideways on a small screen, and with the keyboard. */
function table(title: string, heads: readonly string[], rows: readonly Cells[], id: string): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}">
<table aria-label="${title}"><thead><tr>${heads.map((head, index) => html`<th scope="col"${isCounted(index, rows)}>${head}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map(cell)}</tr>`)}</tbody></table></div>`;
}

/** A column of counts has its head above them. */
const isCounted = (index: number, rows: readonly Cells[]): Markup =>
  typeof rows[0]?.[index] === 'number' ? html` class="number"` : NOTHING;

const cell = (content: string | number | Markup): Markup =>
  typeof content === 'number' ? html`<td class="number">${content}</td>` : html`<td>${content}</td>`;

function section(id: string, title: string, content: Markup): Markup {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`;
}

export function facts({ execution_info: info }: Report, words: Words): Markup {
  const all: readonly (readonly [string, string | number | null])[] = [
    [words.started, info.start_time],
    [words.ended, info.end_time],
    [words.duration, info.duration],
    [words.mailbox, info.casilla_id],
    [words.sender, info.emisor_id],
    [words.method, info.metodo_envio],
  ];
  const given = all.filter(([, value]) => value !== null);
  return html`<dl>${given.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value ?? ''}</dd></div>`)}</dl>`;
}

export function fileTable({ files }: Report, words: Words, locale: Locale): Markup {
  const rows = Object.entries(files.statistics).map(([file, { records, errors, warnings, state }]) => [
    file,
    stated(state, locale),
    records,
    errors,
    warnings,
  ]);
  const missing = files.missing_files.map(({ filename, package: of }) => html`<li>${filename} (${of})</li>`);
  const list = missing.length > 0 ? html`<h3>${words.missingFiles}</h3><ul>${missing}</ul>` : NOTHING;
  const heads = [words.file, words.state, words.records, words.errors, words.warnings];
  return section('files', words.files, html`${table(words.files, heads, rows, 'files')}${list}`);
}

export function formatTable({ files }: Report, words: Words): Markup {
  if (files.format_errors.length === 0) return NOTHING;
  const rows = files.format_errors.map(({ file, line, message, expected, found, code }) => [
    file,
    line ?? '',
    message,
    expected ?? '',
    found ?? '',
    html`<code>${code}</code>`,
  ]);
  const heads = [words.file, words.line, words.message, words.expected, words.found, words.code];
  return section('format', words.formatErrors, table(words.formatErrors, heads, rows, 'format'));
}

/** The failures, with what filters them. */
export function failureTable(report: Report, words: Words): Markup {
  const { failures } = report.validation;
  if (failures.length === 0) return section('failures', words.failures, html`<p>${words.none}</p>`);
  const names = new Map(report.rules.map(({ id, name }) => [id, name]));
  const ruleOf = ({ rule, type }: ReportFailure) => (rule === null ? type : (names.get(rule) ?? rule));
  const labels = { error: words.error, warning: words.warning, message: words.messageSeverity };
  const rows = failures.map((failure) => {
    const { file, line, field, value, severity, message, type } = failure;
    return html`<tr data-file="${file}" data-rule="${ruleOf(failure)}" data-severity="${severity}">
<td><span class="tag ${severity}">${labels[severity]}</span></td><td>${file}</td><td class="number">${line ?? ''}</td><td>${field ?? ''}</td><td class="value">${value ?? ''}</td><td>${message}</td><td>${ruleOf(failure)}<br><code>${type}</code></td></tr>`;
  });
  const heads = [words.severity, words.file, words.line, words.field, words.value, words.message, words.rule];
  const filters = html`<form class="filters" hidden data-count="${words.shownOf}">
${filter(
  'severity',
  words.severity,
  words.all,
  failures.map(({ severity }) => severity),
  labels,
)}
${filter(
  'file',
  words.file,
  words.all,
  failures.map(({ file }) => file),
)}
${filter('rule', words.rule, words.all, failures.map(ruleOf))}
<label>${words.search} <input type="search" name="text"></label>
<output aria-live="polite"></output></form>`;
  const body = html`<p class="note">${words.failuresNote}</p>${filters}
<div class="scroll" tabindex="0" role="region" aria-labelledby="failures"><table id="failure-table" aria-label="${words.failures}">
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
  return section('failures', words.failures, body);
}

function filter(
  name: string,
  label: string,
  all: string,
  values: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): Markup {
  const options = [...new Set(values)]
    .sort()
    .map((value) => html`<option value="${value}">${labels[value] ?? value}</option>`);
  return html`<label>${label} <select name="${name}"><option value="">${all}</option>${options}</select></label>`;
}

export function ruleTable({ rules }: Report, words: Words): Markup {
  if (rules.length === 0) return NOTHING;
  const rows = rules.map(({ name, id, level, severity, evaluated, failed, skipped, error }) => [
    html`${name}<br><code>${id}</code>`,
    level,
    severity,
    evaluated,
    failed,
    error === null ? (skipped ?? '') : html`<code>${error}</code>`,
  ]);
  const heads = [words.rule, words.level, words.severity, words.evaluated, words.failed, words.skipped];
  return section('rules', words.rules, table(words.rules, heads, rows, 'rules'));
}

export function skippedTable({ validation: { skipped_rules: skipped } }: Report, words: Words): Markup {
  const rows = Object.values(skipped).flatMap((rules) => rules.map(({ name, reason }) => [name, reason]));
  if (rows.length === 0) return NOTHING;
  return section(
    'skipped',
    words.skippedRules,
    table(words.skippedRules, [words.rule, words.reason], rows, 'skipped'),
  );
}

export function columnProfiles({ profile }: Report, words: Words): Markup {
  if (profile.length === 0) return NOTHING;
  const heads = [
    words.field,
    words.type,
    words.values,
    words.nulls,
    words.invalid,
    words.least,
    words.greatest,
    words.mean,
  ];
  const catalogs = profile.map(({ catalog, file, columns }, index) => {
    const rows = columns.map((column) => [
      column.field,
      column.type,
      html`${column.values} ${share(column)}`,
      column.nulls,
      column.invalid,
      `${column.min ?? ''}`,
      `${column.max ?? ''}`,
      `${column.mean ?? ''}`,
    ]);
    const id = `profile-${index}`;
    return html`<details><summary id="${id}">${file} (${catalog})</summary>${table(file, heads, rows, id)}</details>`;
  });
  return section('profile', words.profile, html`${catalogs}`);
}

/** How many cells of a column have a value, as a bar. */
function share({ values, nulls, invalid }: ColumnProfile): Markup {
  const total = values + nulls + invalid;
  const width = total === 0 ? 0 : (100 * values) / total;
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="8" class="rest"/><rect width="${width.toFixed(1)}" height="8" class="part"/></svg>`;
}
