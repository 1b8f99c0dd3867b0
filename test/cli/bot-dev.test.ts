import { describe, expect, test } from 'vitest';
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
