import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { asynchronous, context, storedTexts, textJob, workerWorld } from './worker-world.ts';

test('bot A51: what a user writes is text, also when it looks like a reference to a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-secret-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const secret = join(folder, 'secret.txt');
  writeFileSync(secret, 'the-content-of-the-file');
  // The agent says it back, so that the way out is covered as well.
  const world = workerWorld({ agent: (turn) => turn.text });
  const texts = ['file:/proc/self/environ', `file:${secret}`, `file:../../${secret}`];
  for (const [index, text] of texts.entries())
    await world.worker(asynchronous(textJob(text, `wamid.${index}`)), context());
  expect(world.agentTurns).toEqual(texts);
  expect(storedTexts(world.s3)).toEqual(texts.flatMap((text) => [text, text]));
  expect(world.provider.sent.map(({ text }) => text)).toEqual(texts);
  const everything = JSON.stringify([world.lines, world.provider.calls]);
  expect(everything).not.toContain('the-content-of-the-file');
  expect(everything).not.toContain('WHATSAPP_TOKEN');
});
