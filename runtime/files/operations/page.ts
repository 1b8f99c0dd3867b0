import { html, type Markup, NOTHING, raw } from '../report/html.ts';
import type { Panels, Times } from './panels.ts';
import { OPERATIONS_STYLE } from './style.ts';

/** One file that needs no network: the panels of `sage-operations` (contract files §9). */
export const operationsHtml = (panels: Panels, title: string): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(OPERATIONS_STYLE)}</style>
</head>
<body>
<header><h1>${title}</h1><p>${timeOf(panels.fromMillis)} to ${timeOf(panels.untilMillis)}</p></header>
${operationsPanels(panels)}
</body>
</html>
`.markup;

const operationsPanels = (panels: Panels): Markup => html`<main class="operations">
${panel('Local and Lambda', splitPanel(panels))}
${panel('Processing time', timesPanel(panels))}
${panel('Success and failure', outcomesPanel(panels))}
${panel('Cost a day on Lambda', costPanel(panels))}
${panel('Waiting', waitingPanel(panels))}
${panel('To look at', stuckPanel(panels))}
</main>`;

const panel = (title: string, content: Markup): Markup =>
  html`<section><h2>${title}</h2>${content}</section>`;

const timeOf = (millis: number): string =>
  `${new Date(millis).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const percent = (share: number): string => `${share.toFixed(1)} %`;

/** Bars beside each other, each of parts on top of each other, as high as the highest is. */
function bars(columns: readonly { readonly label: string; readonly parts: readonly number[] }[]): Markup {
  const highest = Math.max(...columns.map(({ parts }) => sum(parts)), 0);
  if (highest === 0) return html`<p class="none">Nothing in this time.</p>`;
  const width = 100 / columns.length;
  const rects = columns.map(({ label, parts }, index) => {
    let top = 40;
    return parts.map((part, place) => {
      const height = (40 * part) / highest;
      top -= height;
      return html`<rect class="part-${place}" x="${(index * width).toFixed(2)}" y="${top.toFixed(2)}" width="${(width * 0.8).toFixed(2)}" height="${height.toFixed(2)}"><title>${label}</title></rect>`;
    });
  });
  const [first, last] = [columns[0]?.label ?? '', columns.at(-1)?.label ?? ''];
  return html`<svg class="bars" viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label="from ${first} to ${last}">${rects}</svg>
<p class="axis"><span>${first}</span><span>${last}</span></p>`;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

function splitPanel({ split, lambdaPercent }: Panels): Markup {
  const columns = split.map(({ startMillis, local, lambda }) => ({
    label: `${timeOf(startMillis)}: ${local} local, ${lambda} Lambda`,
    parts: [local, lambda],
  }));
  const [local, lambda] = [
    sum(split.map((bucket) => bucket.local)),
    sum(split.map((bucket) => bucket.lambda)),
  ];
  const share = lambdaPercent === undefined ? '' : `, ${percent(lambdaPercent)} on Lambda`;
  return html`<p><span class="key part-0"></span>${local} local <span class="key part-1"></span>${lambda} Lambda${share}</p>${bars(columns)}`;
}

function timesPanel({ processing }: Panels): Markup {
  const row = (target: string, times: Times | undefined) =>
    times === undefined
      ? html`<tr><th scope="row">${target}</th><td colspan="5">no run has ended</td></tr>`
      : html`<tr><th scope="row">${target}</th>${[times.mean, times.p50, times.p95, times.p99].map((millis) => html`<td>${seconds(millis)}</td>`)}<td>${times.count}</td></tr>`;
  return html`<table><thead><tr><th></th><th scope="col">mean</th><th scope="col">p50</th><th scope="col">p95</th><th scope="col">p99</th><th scope="col">runs</th></tr></thead>
<tbody>${row('local', processing.local)}${row('Lambda', processing.lambda)}</tbody></table>`;
}

const seconds = (millis: number): string => `${(millis / 1000).toFixed(millis < 10_000 ? 2 : 0)} s`;

function outcomesPanel({ outcomes }: Panels): Markup {
  const total = sum(Object.values(outcomes));
  const rows = Object.entries(outcomes).map(([outcome, count], place) => {
    const share = total === 0 ? 0 : (100 * count) / total;
    return html`<tr><th scope="row"><span class="key outcome-${place}"></span>${outcome}</th><td>${count}</td><td>${percent(share)}</td></tr>`;
  });
  return html`<table><tbody>${rows}</tbody></table>`;
}

function costPanel({ cost }: Panels): Markup {
  const columns = cost.map(({ day, usd }) => ({ label: `${day}: ${usd.toFixed(4)} USD`, parts: [usd] }));
  return html`<p>${sum(cost.map(({ usd }) => usd)).toFixed(4)} USD in all, without storage</p>${bars(columns)}`;
}

const waitingPanel = ({ waiting: { count, oldestSeconds } }: Panels): Markup =>
  html`<p>${count} executions wait${count === 0 ? '' : `; the oldest has for ${oldestSeconds} s`}.</p>`;

function stuckPanel({ stuck }: Panels): Markup {
  if (stuck.length === 0) return html`<p class="none">Nothing is stuck.</p>`;
  const rows = stuck
    .slice(0, MAX_STUCK)
    .map(
      ({ executionId, state, attempt, updatedAt, reason = '' }) =>
        html`<tr><td><code>${executionId}</code></td><td>${state}</td><td>${attempt}</td><td>${updatedAt}</td><td>${reason}</td></tr>`,
    );
  const more = stuck.length > MAX_STUCK ? html`<p>and ${stuck.length - MAX_STUCK} more</p>` : NOTHING;
  return html`<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">execution</th><th scope="col">state</th><th scope="col">attempt</th><th scope="col">since</th><th scope="col">reason</th></tr></thead><tbody>${rows}</tbody></table></div>${more}`;
}

const MAX_STUCK = 50;
