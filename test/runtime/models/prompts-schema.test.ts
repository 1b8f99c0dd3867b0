import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { readPromptsFile } from '../../../runtime/models/prompts-file.ts';
import { promptsJsonSchema } from '../../../runtime/models/prompts-schema.ts';
import { checkVariables } from '../../../runtime/replies/prompt-variables.ts';

const EXAMPLE = 'examples/replies/prompts.json';

const validate = new Ajv2020({ strict: false, formats: { uri: true } }).compile(promptsJsonSchema());

/** Write it anew with `npx vitest run -u` after a change of the shape. */
test('the schema for editors is that of the code', async () => {
  await expect(`${JSON.stringify(promptsJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../../prompts.schema.json',
  );
});

test('the example has no fault, for an editor as for the engine', () => {
  const prompts = readPromptsFile(EXAMPLE, {});
  checkVariables(prompts);
  expect(prompts.byReference.get('asst_booking')?.version).toBe('2026-10-01');
  expect(prompts.byReference.get('booking')?.version).toBe('2026-11-20');
  validate(JSON.parse(readFileSync(EXAMPLE, 'utf8')));
  expect(validate.errors).toBeNull();
});

test('an editor shows what is wrong', () => {
  const prompt = { version: 1, model: 'm', instructions: 'x' };
  const isValid = (file: object) => validate(file);
  expect(isValid({ $schema: 'x', a: prompt, b: [prompt] })).toBe(true);
  expect(isValid({ a: { ...prompt, colour: 'red' } })).toBe(false);
  expect(isValid({ a: { ...prompt, provider: 'acme' } })).toBe(false);
  expect(isValid({ a: { version: 1 } })).toBe(false);
  expect(isValid({ pmpt_1: prompt })).toBe(false);
});
