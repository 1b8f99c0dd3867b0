import type { Locale } from '../messages.ts';
import { html, type Markup, NOTHING } from './html.ts';
import { SIGNS, stated, type Words, wordsOf } from './labels.ts';
import type { Report } from './model.ts';

/** How a rate is coloured in a mail: above 95 good, above 80 fair, else bad (contract files §7). */
const colourOf = (rate: number): string => (rate > 95 ? '#1a7f4b' : rate > 80 ? '#b26a00' : '#c0303a');

const MAX_ERRORS = 20;
const FONT = 'font-family:Arial,Helvetica,sans-serif;font-size:14px;color:#1c2430';
const CELL = 'padding:6px 10px;border-bottom:1px solid #d9dee6;text-align:left;vertical-align:top';

/** `email_report.html`: styles stand in the elements, as mail programs drop sheets; the first 20 errors. */
export function emailHtml(report: Report, locale: Locale): string {
  const words = wordsOf(locale);
  const { summary, specification, execution_info: info } = report;
  const colour = colourOf(summary.success_rate);
  const sums = [
    [words.records, summary.total_records],
    [words.errors, summary.errors],
    [words.warnings, summary.warnings],
    [words.successRate, `${summary.success_rate} %`],
    [words.duration, info.duration],
  ] as const;
  const page = html`<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><title>${words.title}</title></head>
<body style="margin:0;padding:16px;background:#f4f6f9;${FONT}">
<table role="presentation" style="max-width:720px;width:100%;margin:0 auto;background:#ffffff;border-top:4px solid ${colour};border-collapse:collapse"><tr><td style="padding:16px">
<h1 style="font-size:18px;margin:0">${specification.name}</h1>
<p style="margin:4px 0 12px;color:#586374">${words.title} · ${report.execution_id}</p>
<p style="font-size:18px;font-weight:bold;margin:0 0 12px;color:${colour}">${SIGNS[summary.status]} ${stated(summary.status, locale)}</p>
<table style="border-collapse:collapse;width:100%;${FONT}">${sums.map(([label, value]) => html`<tr><th scope="row" style="${CELL};font-weight:normal;color:#586374">${label}</th><td style="${CELL}">${value}</td></tr>`)}</table>
${firstErrors(report, words)}
</td></tr></table></body></html>
`;
  return page.markup;
}

function firstErrors({ validation, summary }: Report, words: Words): Markup {
  const errors = validation.failures.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return NOTHING;
  const listed = errors.slice(0, MAX_ERRORS);
  const rows = listed.map(
    ({ file, line, field, message }) =>
      html`<tr><td style="${CELL}">${file}</td><td style="${CELL}">${line ?? ''}</td><td style="${CELL}">${field ?? ''}</td><td style="${CELL}">${message}</td></tr>`,
  );
  const heads = [words.file, words.line, words.field, words.message];
  const left = summary.errors - listed.length;
  const more =
    left > 0 ? html`<p style="color:#586374">${words.more.replace('{count}', String(left))}</p>` : NOTHING;
  return html`<h2 style="font-size:15px;margin:16px 0 4px">${words.errors}</h2>
<table style="border-collapse:collapse;width:100%;${FONT}"><tr>${heads.map((head) => html`<th scope="col" style="${CELL};color:#586374">${head}</th>`)}</tr>${rows}</table>${more}`;
}
