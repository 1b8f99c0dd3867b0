import { parseArgs } from 'node:util';
import { Problem } from './problem.ts';

export const HELP = `npm start [-- options]

Runs a bot on this machine: the real Terraform and the real bundles on an AWS emulator, with stand-ins for
WhatsApp and Telegram. Plays one recorded message, prints the reply, and stays until Ctrl-C.

  --once            end after the reply: exit code 0, or another with the reason
  --telegram        play a Telegram update; without it a WhatsApp message
  --agent <file>    answer with your own agent instead of the echo: a module, or a config.json
  --port <number>   of the stand-ins' server; default 4780. The console takes the next
  --help            show this

AWS_TEST_BACKEND chooses the emulator: ministack (default, needs Python 3), localstack (needs Docker), or
external (AWS_ENDPOINT_URL says where).
`;

export interface StartArguments {
  readonly help: boolean;
  readonly once: boolean;
  readonly provider: 'whatsapp' | 'telegram';
  /** Path of the user's agent; undefined = the echo. */
  readonly agentFile: string | undefined;
  readonly port: number;
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  once: { type: 'boolean' },
  telegram: { type: 'boolean' },
  agent: { type: 'string' },
  port: { type: 'string' },
} as const;

/** Reads the command line. What it does not know or cannot use is a `Problem`. */
export function readArguments(args: readonly string[]): StartArguments {
  const { values } = parse(args);
  const port = values.port ?? '4780';
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw new Problem(`--port needs a number from 1 to 65535, not "${port}".`);
  return {
    help: values.help ?? false,
    once: values.once ?? false,
    provider: values.telegram ? 'telegram' : 'whatsapp',
    agentFile: values.agent,
    port: Number(port),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false });
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ');
    throw new Problem(`${sentence}. Try "npm start -- --help".`);
  }
}
