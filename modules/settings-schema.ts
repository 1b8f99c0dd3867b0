import { BOT_INPUTS } from './bot/inputs.ts';
import { FILES_INPUTS } from './files/inputs.ts';
import type { Inputs } from './parts/inputs.ts';
import { snakeCase } from './parts/names.ts';
import { REPLIES_INPUTS } from './replies/inputs.ts';

/** The inputs of each system. A key here is a key of the settings file and the name of a stack. */
export const SYSTEM_INPUTS = { bot: BOT_INPUTS, replies: REPLIES_INPUTS, files: FILES_INPUTS } as const;

const closed = (
  description: string,
  properties: Readonly<Record<string, object>>,
  more: { readonly required?: readonly string[]; readonly maxProperties?: number } = {},
) => ({ description, type: 'object', properties, additionalProperties: false, ...more });

const described = (description: string) => ({ description, type: 'string' });

const BACKEND = closed(
  'Where Terraform keeps its state: local or s3. Default: local.',
  {
    local: closed('In files.', {
      path: described(
        'Folder of the state files, one a stack, seen from the settings file. Default: the folder of that file.',
      ),
    }),
    s3: closed(
      'In an S3 bucket.',
      {
        bucket: described('Name of the bucket.'),
        key: described('Prefix of the state objects: <key>/<stack>.tfstate.'),
        region: described('Region of the bucket.'),
      },
      { required: ['bucket', 'key', 'region'] },
    ),
  },
  { maxProperties: 1 },
);

/** JSON Schema of the settings file `hookline.json`. */
export function settingsSchema() {
  const systems = Object.entries(SYSTEM_INPUTS).map(
    ([system, inputs]) => [system, systemSchema(system, inputs)] as const,
  );
  const root = closed('What to deploy (a key for each system) and where Terraform keeps its state.', {
    $schema: { type: 'string' },
    backend: BACKEND,
    region: {
      ...described('AWS region of the stacks. Default: from the environment (AWS_REGION, AWS_PROFILE).'),
      pattern: '^[a-z]{2,}(-[a-z]+)+-\\d+$',
    },
    ...Object.fromEntries(systems),
  });
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Settings of hookline', ...root };
}

function systemSchema(system: string, inputs: Inputs) {
  const properties = Object.entries(inputs).map(
    ([name, { kind, description, default: fallback, isNullable }]) => {
      const { type, ...schema } = kind.schema;
      const nullable = fallback === null || isNullable ? { ...schema, type: [type, 'null'] } : kind.schema;
      return [snakeCase(name), { description, ...nullable, default: fallback }] as const;
    },
  );
  return closed(`The stack "${system}". Every key may be left out.`, Object.fromEntries(properties));
}
