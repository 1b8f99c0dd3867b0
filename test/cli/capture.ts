import { type ExitCode, run } from '../../cli/run.ts';
import { processWorld, type World } from '../../cli/world.ts';

export interface Captured {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly error: string;
}

interface Given extends Partial<Omit<World, 'terminal'>> {
  readonly colour?: boolean;
}

/** Runs the command in this process and keeps what it printed. */
export async function hookline(
  args: readonly string[],
  { colour = false, ...world }: Given = {},
): Promise<Captured> {
  let out = '';
  let error = '';
  const terminal = {
    out: (text: string) => {
      out += text;
    },
    error: (text: string) => {
      error += text;
    },
    colour,
  };
  const { aws } = world;
  const given = { ...(aws && { awsIn: () => aws }), ...world };
  const exitCode = await run(args, { ...processWorld, ...given, terminal });
  return { exitCode, out, error };
}
