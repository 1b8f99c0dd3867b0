import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { run } from '../../cli/run.ts';
import { processWorld } from '../../cli/world.ts';
import { AGENT_FILES, projectWorld, TOKEN } from './project-world.ts';

const AGENT = `export const agent = async (turn, { history }) => turn.text + ' ' + history.read().length;\n`;
const FILES = { ...AGENT_FILES, 'agent.mjs': AGENT };

let updates = 0;
const update = (text: string) => {
  updates += 1;
  const chat = { id: 5, type: 'private', first_name: 'Ada' };
  const message = { message_id: updates, date: 1_600_000_000, chat, from: { id: 5, is_bot: false }, text };
  return { update_id: updates, message };
};

describe('hookline bot dev', () => {
  test('--replay posts recorded bodies to the agent, prints its replies and ends', async () => {
    const { run: hookline, write, folder, telegram } = projectWorld({ files: FILES });
    write('recorded.json', JSON.stringify([update('one'), update('two')]));
    const { exitCode, out, error } = await hookline(['dev', '--replay', `${folder}/recorded.json`]);
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    const lines = out.trim().split('\n');
    expect(lines.filter((line) => line.startsWith('< '))).toEqual(['< one 0', '< two 2']);
    expect(lines[0]).toMatch(/^> recorded\.json: 200 /);
    expect(telegram.calls).toEqual([]);
  });

  test('a WhatsApp message needs no signature and no secrets here', async () => {
    const settings = JSON.stringify({ bot: { name: 'shop', bot_type: 'whatsapp' } });
    const {
      run: hookline,
      write,
      folder,
    } = projectWorld({ files: { 'hookline.json': settings, 'agent.mjs': AGENT } });
    const messages = [
      { from: '4915', id: 'wamid.1', timestamp: '1600000000', type: 'text', text: { body: 'hello' } },
    ];
    const value = { messaging_product: 'whatsapp', metadata: { phone_number_id: '777' }, messages };
    const body = {
      object: 'whatsapp_business_account',
      entry: [{ changes: [{ field: 'messages', value }] }],
    };
    write('recorded.json', JSON.stringify(body));
    const { out, error } = await hookline(['dev', '--replay', `${folder}/recorded.json`]);
    expect(error).toBe('');
    expect(out).toContain('< hello 0');
  });

  test('listens on this machine until Ctrl-C, and --live sends to the platform', async () => {
    const world = projectWorld({ files: FILES });
    const controller = new AbortController();
    let out = '';
    const ended = run(['bot', 'dev', '--live', '--port', '0', '--dir', world.folder], {
      ...processWorld,
      environment: {},
      fetch: world.telegram.fetch,
      interruption: () => controller.signal,
      terminal: {
        out: (text) => {
          out += text;
        },
        error: () => {},
        colour: false,
      },
    });
    await expect.poll(() => out, { timeout: 15_000 }).toContain('/webhook');
    const [, address = ''] = /(http:\S+\/webhook)\./.exec(out) ?? [];
    const post = (headers: Record<string, string>) =>
      fetch(address, { method: 'POST', headers, body: JSON.stringify(update('hello')) });
    const secret = { 'x-telegram-bot-api-secret-token': 'first-secret-of-the-webhook' };
    expect((await post({})).status).toBe(403);
    expect((await post(secret)).status).toBe(200);
    expect((await fetch(address.replace('/webhook', '/other'))).status).toBe(404);
    await expect.poll(() => world.telegram.sent.map(({ text }) => text)).toEqual(['hello 0']);
    expect(out).toContain('cloudflared tunnel');
    expect(out).not.toContain(TOKEN);
    controller.abort(new Error('Interrupted.'));
    expect(await ended).toBe(0);
  });

  test('an error of the copy of hookline in the agent keeps its class and its sentence; the replay ends with 1', async () => {
    const agent = `import { llmAgent } from 'hookline/bot';
      const asking = llmAgent({ model: 'any', apiKeyName: 'NO_KEY' });
      export const agent = (turn, context) => (turn.text === 'fail' ? asking(turn, context) : turn.text);`;
    const { run: hookline, write, folder } = projectWorld({ files: { ...FILES, 'agent.mjs': agent } });
    write('recorded.json', JSON.stringify([update('fail'), update('well')]));
    const { exitCode, out, error } = await hookline([
      'dev',
      '--verbose',
      '--replay',
      `${folder}/recorded.json`,
    ]);
    expect(exitCode).toBe(1);
    expect(out).toContain(
      'no reply: ConfigError: Configuration faults: NO_KEY is missing: the agent has no API key for the model\n',
    );
    expect(out).toContain('< well');
    expect(error).toMatch(/"turn_failed".*"error_class":"hold"|"error_class":"hold".*"turn_failed"/);
    expect(error).toContain('"operator_needed"');
    expect(error).toContain('error: 1 of 2 messages failed.\n');
  });

  test('a turn that is given up for good ends with 1', async () => {
    const agent = `import { NotSentError } from 'hookline/bot';
      export const agent = () => { throw new NotSentError('bad_message', 'never'); };`;
    const { run: hookline, write, folder } = projectWorld({ files: { ...FILES, 'agent.mjs': agent } });
    write('recorded.json', JSON.stringify(update('fail')));
    const { exitCode, out } = await hookline(['dev', '--replay', `${folder}/recorded.json`]);
    expect(exitCode).toBe(1);
    expect(out).toContain('no reply: NotSentError: Not sent (bad_message): never\n');
  });

  test('a port in use and a recording that is not there are told in a sentence', async () => {
    const { run: hookline } = projectWorld({ files: FILES });
    expect(await hookline(['dev', '--replay', 'none.json'])).toMatchObject({
      exitCode: 1,
      error: 'error: There is no file none.json.\n',
    });
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await hookline(['dev', '--port', `${port}`])).toMatchObject({
      exitCode: 1,
      error: `error: Port ${port} is in use. Choose another with --port <number>.\n`,
    });
  });

  test('without an agent, or with a recording that is no JSON, it says so', async () => {
    const settings = JSON.stringify({ bot: { bot_type: 'telegram' } });
    const none = await projectWorld({ files: { 'hookline.json': settings } }).run(['dev']);
    expect(none).toMatchObject({ exitCode: 1, error: expect.stringContaining('agent.ts') });
    const { run: hookline, write, folder } = projectWorld({ files: FILES });
    write('recorded.json', '{');
    expect((await hookline(['dev', '--replay', `${folder}/recorded.json`])).error).toContain('is no JSON.');
    expect((await hookline(['dev', '--port', 'x'])).exitCode).toBe(2);
  });
});
