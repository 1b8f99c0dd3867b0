import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { paint, type Terminal } from './terminal.ts';

/** Tells of a zip that was built and how to deploy it. */
export async function sayBuilt(
  { zipPath, zipBytes }: { readonly zipPath: string; readonly zipBytes: number },
  json: boolean,
  terminal: Terminal,
): Promise<void> {
  const sha256 = createHash('sha256')
    .update(await readFile(zipPath))
    .digest('base64');
  if (json) return terminal.out(`${JSON.stringify({ zip: zipPath, bytes: zipBytes, sha256 })}\n`);
  const shown = path.relative('.', zipPath);
  terminal.out(`${paint(terminal, 'green', shown)}  ${Math.ceil(zipBytes / 1000)} KB, sha256 ${sha256}\n`);
  terminal.out(`Deploy it with: package = { path = "${shown}" }\n`);
}

export const clientPackage = (service: string): string => `@aws-sdk/client-${service}`;
