import { describe, expect, it, test } from 'vitest';
import { commandsOf } from '../../../runtime/bot/command-list.ts';
import type { AdminActions, CommandOptions } from '../../../runtime/bot/commands.ts';
import {
  asynchronous,
  context,
  storedTexts,
  textJob,
  type WorldOptions,
  workerWorld,
} from './worker-world.ts';

let updates = 700;

/** A bot on Telegram whose name the stand-in tells. */
function bot(commands: CommandOptions = {}, more: WorldOptions = {}) {
  const world = workerWorld({ provider: 'telegram', commands, ...more });
  const say = async (text: string, userId = '15550100') => {
    const job = { ...textJob(text, String(++updates), 'telegram'), user_id: userId };
    const sent = world.provider.sent.length;
    await world.worker(asynchronous(job), context());
    return world.provider.sent.slice(sent).map((call) => call.text);
  };
  return { ...world, say };
}

const NAME = 'hookline_stand_in_bot';

describe('the built-in commands', () => {
  it('bot A47: unknown text, start text for its own name, nothing for another bot', async () => {
    const { say, agentTurns, provider } = bot();
    expect(await say('/foo')).toEqual(['I do not know this command. /help lists the commands.']);
    expect(await say(`/START@${NAME.toUpperCase()}`)).toEqual([expect.stringContaining('/clear')]);
    expect(await say('/start@OtherBot')).toEqual([]);
    expect(await say('/start@OtherBot')).toEqual([]);
    expect(agentTurns).toEqual([]);
    expect(provider.calls.filter(({ method }) => method === 'getMe')).toHaveLength(1);
  });

  it('asks nobody for a name that is set', async () => {
    const { say, provider } = bot({}, { environment: { TELEGRAM_BOT_USERNAME: '@MyBot' } });
    expect(await say('/help@mybot')).toHaveLength(1);
    expect(await say('/help@otherbot')).toEqual([]);
    expect(provider.calls.filter(({ method }) => method === 'getMe')).toEqual([]);
  });

  it('a name that nobody tells gives the event back', async () => {
    const world = bot();
    world.provider.fail({ kind: 'refuse', method: 'getMe', code: 401 });
    await expect(world.say('/start@Other')).rejects.toThrow(
      "Telegram did not say the bot's name (code 401); TELEGRAM_BOT_USERNAME can say it",
    );
    world.provider.fail({ kind: 'unreachable', method: 'getMe' });
    await expect(world.say('/start@Other')).rejects.toThrow('(ECONNREFUSED)');
    expect(await world.say('/start@Other')).toEqual([]);
  });

  it('says the configured texts, and passes what stands behind /start', async () => {
    const { say } = bot({
      onStartMsg: (payload) => `Hello ${payload}`,
      onClearMsg: 'Gone.',
      onHelpMsg: 'I know:',
      unknownCommandMsg: null,
    });
    expect(await say('/start ref-7')).toEqual(['Hello ref-7']);
    expect(await say('hello')).toEqual(['You said: hello']);
    expect(await say('/clear')).toEqual(['Gone.']);
    expect(await say('/help')).toEqual([
      'I know:\n\n/clear - forget this conversation\n/help - list the commands\n/start - say hello',
    ]);
    expect(await say('/foo')).toEqual([]);
  });

  it('takes neither a caption nor a button for a command', async () => {
    const world = bot();
    const job = textJob('', '650', 'telegram');
    const photo = [{ file_id: 'f', width: 1, height: 1 }];
    const message = { message_id: 5, chat: { id: 15550100, type: 'private' }, from: { id: 9 } };
    const captioned = { ...message, photo, caption: '/clear' };
    await world.worker(asynchronous({ ...job, payload: { message: captioned } }), context());
    const callback_query = { id: '1', data: '/clear', from: { id: 9 }, message };
    await world.worker(asynchronous({ ...job, event_id: '651', payload: { callback_query } }), context());
    expect(world.agentTurns).toEqual(['/clear', '/clear']);
  });

  it('knows no bot names on WhatsApp', async () => {
    const world = workerWorld();
    await world.worker(asynchronous(textJob('/start@hookline')), context());
    expect(world.provider.sent.map(({ text }) => text)).toEqual([
      'I do not know this command. /help lists the commands.',
    ]);
  });
});

describe("a bot's own commands", () => {
  const customCommands: CommandOptions['customCommands'] = [
    { command: 'Report', description: 'the day', function: (turn) => `${turn.command}: ${turn.text}` },
    { command: '/hours', description: 'when we are open', message: 'Always.' },
    { command: '/quiet', description: 'ask', function: () => undefined, message: 'Nothing new.' },
    {
      command: '/broken',
      description: 'fail',
      function: () => {
        throw new Error('secret');
      },
    },
    { command: '/stop', description: 'halt', message: 'Halted.', adminOnly: true },
  ];

  it('its result wins over the message, and a failure has a text', async () => {
    const { say, lines, s3 } = bot({ customCommands });
    expect(await say('/report today')).toEqual(['/report: /report today']);
    expect(await say('/hours')).toEqual(['Always.']);
    expect(await say('/quiet')).toEqual(['Nothing new.']);
    expect(await say('/broken')).toEqual(['This command failed. Please try again later.']);
    expect(lines.filter(({ message }) => message === 'command_failed')).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('secret');
    expect(storedTexts(s3).slice(0, 2)).toEqual(['/report today', '/report: /report today']);
  });

  it('bot A47: an admin command by a stranger is refused, and /help hides it', async () => {
    const { say } = bot({ customCommands, adminUserId: '1' });
    expect(await say('/stop', '2')).toEqual(['Unauthorized.']);
    expect(await say('/stop', '1')).toEqual(['Halted.']);
    expect((await say('/help', '2'))[0]).not.toContain('/stop');
    expect((await say('/help', '1'))[0]).toContain('/stop - halt');
  });

  it('without an admin nobody may give an admin command', async () => {
    const { say } = bot({ customCommands, adminUserId: '' });
    expect(await say('/stop', '')).toEqual(['Unauthorized.']);
    expect(await bot({ customCommands }).say('/stop', '1')).toEqual(['Unauthorized.']);
  });
});

describe('commands that touch every chat', () => {
  function list(options: CommandOptions) {
    const done: string[] = [];
    const actions: AdminActions = {
      clearAllChats: async () => void done.push('clear'),
      resetSystem: async () => void done.push('reset'),
    };
    const commands = commandsOf(options, actions);
    const run = (name: string, payload = '') =>
      commands.get(name)?.run({ name, payload, botName: undefined });
    return { commands, done, run };
  }

  test.each([
    ['/clear_all_users', 'clear'],
    ['/reset_system', 'reset'],
  ])('%s acts once it is confirmed', async (name, action) => {
    const { commands, done, run } = list({ adminUserId: '1' });
    expect(commands.get(name)?.adminOnly).toBe(true);
    expect(await run(name)).toEqual({ reply: expect.stringContaining(`${name} confirm`) });
    expect(await run(name, 'yes')).not.toHaveProperty('clear');
    expect(done).toEqual([]);
    expect(await run(name, 'Confirm')).toMatchObject({ clear: true });
    expect(done).toEqual([action]);
  });

  it('a bot without an admin has none of them', () => {
    const { commands } = list({});
    expect([...commands.keys()]).toEqual(['/start', '/clear']);
  });
});
