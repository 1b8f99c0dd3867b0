import { expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { CONFIG_SCHEMA } from '../../runtime/bot/agents/config-schema.ts';
import { MODEL_PROVIDERS } from '../../runtime/models/providers.ts';
import { codeIn, section, tableRows } from './markdown.ts';

/** The keys of an object's schema, with those of the objects below it; below a list or a choice as well. */
function keysOf(schema: z.core.$ZodType, below = ''): readonly string[] {
  const { def } = schema._zod as z.core.$ZodTypes['_zod'];
  switch (def.type) {
    case 'optional':
      return keysOf(def.innerType, below);
    case 'array':
      return keysOf(def.element, '');
    case 'union':
      return def.options.flatMap((option) => keysOf(option, below));
    case 'object':
      return Object.entries(def.shape).flatMap(([key, value]) => {
        const name = `${below}${key}`;
        const isSection = name === 'general_parameters';
        // What a component is made of is documented by its bare name.
        const inner = isSection
          ? keysOf(value, 'general_parameters.')
          : name === 'components'
            ? keysOf(value)
            : [];
        return [...(isSection ? [] : [name]), ...inner];
      });
    default:
      return [];
  }
}

test('every key of the configuration file has its row', () => {
  const page = section('docs/bot.md', '1.6 The configuration file');
  const rows = tableRows(page, 'key').map(([key = '']) => codeIn(key)[0]);
  expect(rows.sort()).toEqual([...new Set(keysOf(CONFIG_SCHEMA))].sort());
  for (const provider of Object.keys(MODEL_PROVIDERS)) expect(page).toContain(`\`${provider}\``);
});
