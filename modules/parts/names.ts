import { TerraformElement, type TerraformStack } from 'cdktf';
import type { Node } from 'constructs';

export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Ids that stand for the construct around them and stay out of addresses. */
const SILENT = 'Default';

/**
 * Addresses a person would write, which are part of the interface: `aws_lambda_function.worker`, not
 * `aws_lambda_function.bot_worker_function_4F5A6B7C`. The last id is left out where the type already says it.
 */
export function readableId(stack: TerraformStack, element: TerraformElement | Node): string {
  const node = TerraformElement.isTerraformElement(element) ? element.node : element;
  const ids = node.scopes.slice(node.scopes.indexOf(stack) + 1).map((scope) => scope.node.id);
  const type = (element as { terraformResourceType?: string }).terraformResourceType ?? '';
  const spoken = ids.filter((id) => id !== SILENT);
  const last = spoken.at(-1);
  if (spoken.length > 1 && last && type.endsWith(`_${last}`)) spoken.pop();
  return spoken.join('_').replaceAll('-', '_');
}
