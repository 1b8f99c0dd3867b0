import { parseArgs } from 'node:util';
import { Problem } from './problem.ts';

export const HELP = `npm start [-- options]

Runs a bot, the reply engine or the checking of files on this machine: the real Terraform and the real bundles on
an AWS emulator, with stand-ins for WhatsApp, Telegram, Twilio and the model. Plays one recorded message, prints
the reply, serves a console page, and stays until Ctrl-C. Files: checks the example delivery, once on this machine
and once in the emulator's Lambda, and prints the verdicts.

  --system <name>   bot (default); replies: the reply engine with stand-ins for Twilio and the model;
                    files: the checking of deliveries
  --all             all systems beside each other
  --once            end after the reply, or the verdicts: exit code 0, or another with the reason
  --telegram        play a Telegram update; without it a WhatsApp message
  --agent <file>    answer with your own agent instead of the echo: a module, or a config.json
  --port <number>   of the stand-ins' server; default 4780. The console takes the next
  --help            show this

AWS_TEST_BACKEND chooses the emulator: ministack (default, needs Python 3), localstack (needs Docker), or
external (AWS_ENDPOINT_URL says where).
`;

export const SYSTEMS = ['bot', 'replies', 'files'] as const;
export type SystemName = (typeof SYSTEMS)[number];

export interface StartArguments {
  readonly help: boolean;
  readonly once: boolean;
  /** What is brought up. */
  readonly systems: readonly SystemName[];
  readonly provider: 'whatsapp' | 'telegram';
  /** Path of the user's agent; undefined = the echo. */
  readonly agentFile: string | undefined;
  readonly port: number;
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  once: { type: 'boolean' },
  system: { type: 'string' },
  all: { type: 'boolean' },
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
  const systems = readSystems(values.system, values.all ?? false);
  const isForBots = values.telegram ? '--telegram' : values.agent !== undefined && '--agent';
  if (isForBots && !systems.includes('bot')) throw new Problem(`${isForBots} is for the bot: add --all.`);
  return {
    help: values.help ?? false,
    once: values.once ?? false,
    systems,
    provider: values.telegram ? 'telegram' : 'whatsapp',
    agentFile: values.agent,
    port: Number(port),
  };
}

function readSystems(name: string | undefined, all: boolean): readonly SystemName[] {
  const system = SYSTEMS.find((known) => known === (name ?? 'bot'));
  if (!system)
    throw new Problem(
      `--system needs ${SYSTEMS.slice(0, -1).join(', ')} or ${SYSTEMS.at(-1)}, not "${name}".`,
    );
  if (all && name !== undefined) throw new Problem('Give --system or --all, not both.');
  return all ? SYSTEMS : [system];
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false });
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ');
    throw new Problem(`${sentence}. Try "npm start -- --help".`);
  }
}
