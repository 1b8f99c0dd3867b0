import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Findings of axe that are serious or worse: rule and the elements that break it. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  // Colours are judged when nothing fades any more.
  await page.evaluate('Promise.all(document.getAnimations().map((each) => each.finished))');
  await page.evaluate(SOURCE);
  const results = (await page.evaluate('axe.run()')) as AxeResults;
  if (results.passes.length === 0) throw new Error('axe checked nothing.');
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
