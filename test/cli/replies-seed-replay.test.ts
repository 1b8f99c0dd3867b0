import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMPANY, CONVERSATION, SID, USER } from '../runtime/replies/records.ts';
import { TABLES } from '../runtime/replies/tables.ts';
import { deployedReplies, whole } from './replies-world.ts';

function file(content: unknown): string {
  const name = path.join(mkdtempSync(path.join(tmpdir(), 'hookline-test-')), 'file.json');
  writeFileSync(name, typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

const EXAMPLE = {
  primary_channel: USER,
  conversation_id: CONVERSATION,
  channel_config: {
    company_whatsapp_number: COMPANY,
    whatsapp_credentials_id: 'twilio-credentials-whatsapp',
  },
  ai_config: { api_key_reference: 'openai-api-key-replies-engine', assistant_id_replies: 'replies' },
};

describe('hookline replies seed', () => {
  test('writes a record that a webhook finds and the worker answers', async () => {
    const { engine, run } = deployedReplies({ records: [] });
    expect((await run(['seed', file(EXAMPLE)])).exitCode).toBe(0);
    expect((await engine.webhook({ messageSid: SID }))?.statusCode).toBe(200);
    await engine.run(15);
    expect(engine.entries()).toHaveLength(2);
  });

  test('every fault is named, and nothing is written', async () => {
    const { engine, run } = deployedReplies({ records: [] });
    const faulty = {
      primary_channel: 'nobody',
      conversation_id: 'a#b#c#999',
      channel_config: { company_whatsapp_number: COMPANY },
      ai_config: 'none',
      messages: [{ role: 'person' }],
      allowed_channels: ['sms'],
      project_status: 'on',
      conversation_status: 'processing_reply',
      created_at: 'yesterday',
      hand_off_to_human: 'no',
      lock_fence: 4,
      company_id: 'x',
      gsi_company_whatsapp_number: '+1999',
    };
    const name = file(faulty);
    const { exitCode, error } = await run(['seed', name]);
    expect(exitCode).toBe(1);
    for (const fault of [
      `error: ${name} cannot be used:`,
      "primary_channel must be the user's number",
      'company_id must be a, as in conversation_id',
      'conversation_id must end in the digits of company_whatsapp_number',
      'channel_config.whatsapp_credentials_id is missing',
      'ai_config must be an object',
      'ai_config.assistant_id_replies is missing or blank',
      'messages[0].role must be user or assistant',
      'messages[0].content must be a text',
      'allowed_channels lacks whatsapp',
      'project_status must be active or inactive',
      'conversation_status must not be processing_reply',
      'created_at must be a time of ISO 8601',
      'hand_off_to_human must be true or false',
      "lock_fence is the engine's own",
      `gsi_company_whatsapp_number must be ${COMPANY}`,
    ])
      expect(error).toContain(fault);
    expect(engine.dynamodb.items(TABLES.conversations).size).toBe(0);
  });

  test('a record without a number is not told to name an empty one in the index', async () => {
    const { error } = await deployedReplies().run(['seed', file({})]);
    expect(error).toContain("primary_channel must be the user's number");
    expect(error).not.toContain('gsi_recipient_tel');
  });

  test.each([
    ['{', 'the file is not JSON: '],
    ['[]', 'the file must hold one JSON object'],
  ])('%s: %s', async (content, fault) => {
    const { error } = await deployedReplies().run(['seed', file(content)]);
    expect(error).toContain(fault);
  });

  test('a record that stands there is kept, unless it is given up', async () => {
    const { engine, run } = deployedReplies();
    const { exitCode, error } = await run(['seed', file(EXAMPLE)]);
    expect(exitCode).toBe(1);
    expect(error).toContain('stands in conversations: nothing was written. See --overwrite.');
    expect(engine.conversation().data.company_name).toBe('Example Ltd');
    expect((await run(['seed', file(EXAMPLE), '--overwrite'])).exitCode).toBe(0);
    expect(engine.conversation().data.company_name).toBeUndefined();
  });

  test('a file that is not there', async () => {
    expect((await deployedReplies().run(['seed', 'nowhere.json'])).error).toBe(
      'error: The file nowhere.json cannot be read.\n',
    );
  });
});

describe('hookline replies replay', () => {
  const prompts = file({
    replies: { version: '1', provider: 'openai', model: 'gpt-test', instructions: 'Answer.' },
  });

  test('asks the model again as before the turn, and sends and writes nothing', async () => {
    let said = '{"content":"Hello"}';
    const world = deployedReplies({ reply: () => said });
    const { engine, run } = world;
    await engine.webhook({ messageSid: SID });
    await engine.run(15);
    const before = whole(world);
    const sent = engine.twilio.messages.length;
    const calls = engine.model.calls.length;
    said = '{"content":"Good day"}';
    const fetch = engine.model.fetch;
    const { exitCode, out, error } = await run(['replay', USER, '--prompts', prompts], { fetch });
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    expect(out).toContain('user    Hi');
    expect(out).toContain('before  Hello');
    expect(out).toContain('now     Good day');
    expect(engine.model.calls).toHaveLength(calls + 1);
    expect(JSON.stringify(engine.model.calls.at(-1))).not.toContain('Hello');
    expect(whole(world)).toBe(before);
    expect(engine.twilio.messages).toHaveLength(sent);
    const json = JSON.parse(
      (await run(['replay', USER, '--turn', SID, '--prompts', prompts, '--json'], { fetch })).out,
    );
    expect(json).toMatchObject({ text: 'Hi', before: 'Hello', answered: { reply: 'Good day' } });
  });

  test('a turn that nobody knows, and prompts that are not there', async () => {
    const { run } = deployedReplies();
    expect((await run(['replay', USER, '--turn', 'SMx', '--prompts', prompts])).error).toContain(
      'The record has no turn or message SMx',
    );
    const { engine, run: again } = deployedReplies();
    await engine.webhook({ messageSid: SID });
    await engine.run(15);
    const { exitCode, error } = await again(['replay', USER, '--prompts', 'nowhere.json']);
    expect(exitCode).toBe(1);
    expect(error).toMatch(/^error: The file \/.*\/nowhere\.json cannot be read\.\n$/);
  });
});
