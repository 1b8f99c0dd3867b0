import { Command, CommanderError } from 'commander';
import { VERSION } from '../runtime/core/version.ts';
import { addBuild } from './bot/build.ts';
import { addDashboard } from './bot/dashboard.ts';
import { addDescribe } from './bot/describe.ts';
import { addDev } from './bot/dev.ts';
import { addDoctor } from './bot/doctor.ts';
import { addFailed } from './bot/failed.ts';
import { addHistory } from './bot/history.ts';
import { addList } from './bot/list.ts';
import { addLogs } from './bot/logs.ts';
import { addPullHistory } from './bot/pull-history.ts';
import { addRedrive } from './bot/redrive.ts';
import { addRemove } from './bot/remove.ts';
import { addSend } from './bot/send.ts';
import { addStart } from './bot/start.ts';
import { addTakeover } from './bot/takeover.ts';
import { addTrace } from './bot/trace.ts';
import { addUpdate } from './bot/update.ts';
import { addWebhook } from './bot/webhook.ts';
import { ExitError } from './exit.ts';
import { addFiles } from './files/commands.ts';
import { addReplies } from './replies/commands.ts';
import { sentenceOf } from './said.ts';
import { addStatus } from './status/command.ts';
import { paint } from './terminal.ts';
import { processWorld, type World } from './world.ts';

/** 0: done. 1: it was tried and failed. 2: the command line is wrong, nothing was done; `files run`: it cannot be done. */
export type ExitCode = 0 | 1 | 2;

/** Runs `hookline` with the arguments after the program's name. Never throws. */
export async function run(args: readonly string[], world: World = processWorld): Promise<ExitCode> {
  try {
    await hookline(world).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has printed its sentence already, and throws for --help and --version too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    world.terminal.error(`${paint(world.terminal, 'red', 'error:')} ${sentenceOf(error)}\n`);
    return error instanceof ExitError ? error.exitCode : 1;
  }
}

function hookline(world: World): Command {
  const { terminal } = world;
  const program = new Command('hookline')
    .description('Message-driven work on AWS Lambda: nothing lost, nothing answered twice.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print what a command does and its options')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('(add --help to see what is possible)')
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.error,
      getOutHasColors: () => terminal.colour,
      getErrHasColors: () => terminal.colour,
      outputError: (text, write) => write(text.replace(/^error:/, paint(terminal, 'red', 'error:'))),
    });
  // Subcommands inherit the settings above only when they are made after them.
  const bot = program.command('bot').description('WhatsApp and Telegram bots').helpCommand(false);
  addStart(bot, world);
  addBuild(bot, world);
  addUpdate(bot, world);
  addWebhook(bot, world);
  addDescribe(bot, world);
  addDoctor(bot, world);
  addDev(bot, world);
  addList(bot, world);
  addRemove(bot, world);
  addRedrive(bot, world);
  addHistory(bot, world);
  addPullHistory(bot, world);
  addTakeover(bot, world);
  addFailed(bot, world);
  addLogs(bot, world);
  addTrace(bot, world);
  addDashboard(bot, world);
  addTrace(program, world);
  addSend(bot, world);
  addReplies(program, world);
  addFiles(program, world);
  addStatus(program, world);
  return program;
}
