import type { Inputs } from './parts/inputs.ts';
import { snakeCase } from './parts/names.ts';
import type { Output } from './parts/outputs.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const code = (text: string) => `\`${text}\``;

export const inputTable = (inputs: Inputs): string =>
  table(
    ['input', 'type', 'default', 'meaning'],
    Object.entries(inputs).map(([name, { kind, description, default: fallback }]) => [
      code(snakeCase(name)),
      code(kind.terraformType),
      code(JSON.stringify(fallback)),
      description,
    ]),
  );

export const outputTable = (outputs: Readonly<Record<string, Pick<Output<never>, 'description'>>>): string =>
  table(
    ['output', 'meaning'],
    Object.entries(outputs).map(([name, { description }]) => [code(name), description]),
  );

export interface ModuleReadme {
  readonly title: string;
  readonly introduction: string;
  readonly inputs: Inputs;
  readonly outputs: Readonly<Record<string, Pick<Output<never>, 'description'>>>;
}

/** The README of a published module. Every input has a default. */
export const moduleReadme = ({ title, introduction, inputs, outputs }: ModuleReadme): string => `# ${title}

${introduction}

## Inputs

Every input has a default.

${inputTable(inputs)}

## Outputs

${outputTable(outputs)}

## Requirements

Terraform 1.6 or later, or OpenTofu 1.6 or later, and the AWS provider 5.100 or later.
`;
