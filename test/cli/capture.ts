import { type ExitCode, run } from '../../cli/run.ts';

export interface Captured {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly error: string;
}

/** Runs the command in this process and keeps what it printed. */
export async function hookline(args: readonly string[], colour = false): Promise<Captured> {
  let out = '';
  let error = '';
  const exitCode = await run(args, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    colour,
  });
  return { exitCode, out, error };
}
