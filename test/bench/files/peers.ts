import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** Peers that are not in the tree are installed here by the benchmark; a second run finds them. */
const FOLDER = 'dist/bench-peers';

/** How to run a peer on a file, or why it cannot be had. */
export type Peer = { readonly command: readonly string[] } | { readonly missing: string };

export function duckdb(script: string, file: string): Peer {
  mkdirSync(FOLDER, { recursive: true });
  if (!existsSync(path.join(FOLDER, 'node_modules/@duckdb/node-api'))) {
    const fault = failed('npm', [
      'install',
      '--prefix',
      FOLDER,
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '@duckdb/node-api',
    ]);
    if (fault) return { missing: fault };
  }
  return { command: [process.execPath, script, 'duckdb', file, FOLDER] };
}

export function python(name: 'pandas' | 'frictionless', file: string): Peer {
  const venv = path.join(FOLDER, 'venv');
  const executable = path.join(venv, 'bin/python');
  if (!existsSync(executable)) {
    mkdirSync(FOLDER, { recursive: true });
    const fault = failed('python3', ['-m', 'venv', venv]);
    if (fault) return { missing: fault };
  }
  if (failed(executable, ['-c', `import ${name}`])) {
    const fault = failed(executable, ['-m', 'pip', 'install', '--quiet', name]);
    if (fault) return { missing: fault };
  }
  return { command: [executable, `test/bench/files/${name}_peer.py`, file] };
}

/** The last line of what it said, or undefined when it went well. */
function failed(command: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, [...args], { encoding: 'utf8' });
  if (status === 0) return undefined;
  return `${command} ${args.slice(0, 2).join(' ')} failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}`;
}
