import { createHash } from 'node:crypto';
import type { Locale } from '../messages.ts';
import { html, type Markup, raw } from './html.ts';
import { REPORT_SCRIPT, REPORT_STYLE } from './html-assets.ts';
import {
  columnProfiles,
  facts,
  failureTable,
  fileTable,
  formatTable,
  ruleTable,
  skippedTable,
} from './html-parts.ts';
import { SIGNS, stated, wordsOf } from './labels.ts';
import type { Report } from './model.ts';

const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash('sha256')
  .update(REPORT_SCRIPT)
  .digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** How a rate is coloured: below 60 bad, below 80 fair, else good (contract files §7). */
export const toneOf = (rate: number): 'bad' | 'fair' | 'good' =>
  rate < 60 ? 'bad' : rate < 80 ? 'fair' : 'good';

/** `report.html`: one file that needs no network; without scripts everything is shown, unfiltered. */
export function reportHtml(report: Report, locale: Locale): string {
  const words = wordsOf(locale);
  const { summary } = report;
  const page = html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>${words.title}: ${report.specification.name}</title>
<style>${raw(REPORT_STYLE)}</style>
</head>
<body>
<header class="${toneOf(summary.success_rate)}">
<div>
<h1>${report.specification.name}</h1>
<p>${words.title} · ${words.version} ${report.specification.version} · <code>${report.execution_id}</code></p>
</div>
<p class="verdict">${SIGNS[summary.status]} ${stated(summary.status, locale)}</p>
</header>
<main>
${summarySection(report, locale)}
${fileTable(report, words, locale)}
${formatTable(report, words)}
${failureTable(report, words)}
${ruleTable(report, words)}
${skippedTable(report, words)}
${columnProfiles(report, words)}
</main>
<script>${raw(REPORT_SCRIPT)}</script>
</body>
</html>
`;
  return page.markup;
}

function summarySection(report: Report, locale: Locale): Markup {
  const words = wordsOf(locale);
  const { summary } = report;
  const sums = [
    [words.records, summary.total_records],
    [words.errors, summary.errors],
    [words.warnings, summary.warnings],
    [words.messages, summary.messages],
  ] as const;
  return html`<section aria-labelledby="summary">
<h2 id="summary">${words.summary}</h2>
<div class="sums">
<figure class="rate ${toneOf(summary.success_rate)}">${ring(summary.success_rate)}<figcaption>${words.successRate}</figcaption></figure>
${sums.map(([label, count]) => html`<div class="sum"><b>${count.toLocaleString(locale)}</b><span>${label}</span></div>`)}
</div>
${facts(report, words)}
</section>`;
}

const RADIUS = 42;
const LENGTH = 2 * Math.PI * RADIUS;

/** A rate as a ring, with its number in the middle. */
const ring = (rate: number): Markup => html`<svg viewBox="0 0 100 100" role="img" aria-label="${rate} %">
<circle cx="50" cy="50" r="${RADIUS}" class="rest"/>
<circle cx="50" cy="50" r="${RADIUS}" class="part" stroke-dasharray="${((rate / 100) * LENGTH).toFixed(2)} ${LENGTH.toFixed(2)}" transform="rotate(-90 50 50)"/>
<text x="50" y="50" dy="0.35em">${rate} %</text>
</svg>`;
