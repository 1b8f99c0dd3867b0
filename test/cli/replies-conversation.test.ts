import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { plainItem } from '../../runtime/core/dynamodb-values.ts';
import {
  COMPANY,
  CONVERSATION,
  recordR,
  recordRN,
  SID,
  stagedByHand,
  USER,
} from '../runtime/replies/records.ts';
import { TABLES } from '../runtime/replies/tables.ts';
import { CHANNEL_DLQ } from '../runtime/replies/world-setup.ts';
import { awsError } from '../support/tap.ts';
import { deployedReplies, whole } from './replies-world.ts';

const MASKED = /\+15•+0[16]/;

describe('hookline replies show', () => {
  test('record, rows, lock and turn, with masked numbers and without text', async () => {
    const world = deployedReplies();
    await world.engine.webhook({ text: 'secret words', messageSid: SID });
    const before = whole(world);
    const { exitCode, out } = await world.run(['show', USER]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(MASKED);
    for (const hidden of [USER, COMPANY, COMPANY.slice(1), 'secret words']) expect(out).not.toContain(hidden);
    expect(out).toMatch(/^ {2}status +template_sent$/m);
    expect(out).toMatch(new RegExp(`^ {2}staged +${SID} .* route channel$`, 'm'));
    expect(out).toMatch(/^ {2}trigger lock held until .* \(70 s\)$/m);
    expect(out).toMatch(/^ {2}lease +free$/m);
    expect(out).toMatch(/^ {2}turn +none in progress$/m);
    expect(whole(world)).toBe(before);
  });

  test('--text and --unmask show what is hidden else; an id finds it, too', async () => {
    const { engine, run } = deployedReplies();
    await engine.webhook({ text: 'secret words', messageSid: SID });
    const { out } = await run(['show', CONVERSATION, '--text', '--unmask']);
    for (const shown of [CONVERSATION, USER, COMPANY, '"secret words"']) expect(out).toContain(shown);
  });

  test('a turn in progress: state, parts, attempts and the lease that a dead worker left', async () => {
    const { engine, run } = deployedReplies();
    await engine.webhook({ messageSid: SID });
    engine.killer.before = ({ service }) => service === 'twilio';
    await engine.run(15);
    const { out } = await run(['show', USER]);
    expect(out).toMatch(/^ {2}status +processing_reply$/m);
    expect(out).toMatch(/^ {2}lease +held until .* s\), fence 1$/m);
    expect(out).toMatch(/^ {2}attempts +1 at the turn in progress$/m);
    expect(out).toMatch(/^ {2}turn +[0-9a-f]{32}, sending, since .*, 1 messages$/m);
    expect(out).toMatch(/^ {4}part 1 +begun .*, outcome unclear$/m);
  });

  test('--json is what is stored', async () => {
    const { engine, run } = deployedReplies({ records: [recordRN()] });
    engine.dynamodb.seed(stagedByHand(), TABLES.stage);
    const [state] = JSON.parse((await run(['show', USER, '--json'])).out);
    expect(state.record).toEqual(plainItem(recordRN()));
    expect(state.staged).toMatchObject([{ messageSid: SID, body: 'Hi' }]);
    expect(state.trigger_lock).toBeNull();
  });

  test.each([
    ['+15005559999', 'The table conversations has no record of +15005559999.'],
    ['nobody', 'nobody is neither a conversation id (company#project#request#number) nor a number.'],
    ['a#b', 'a#b is neither a conversation id (company#project#request#number) nor a number.'],
  ])('%s: %s', async (id, sentence) => {
    expect(await deployedReplies().run(['show', id])).toEqual({
      exitCode: 1,
      out: '',
      error: `error: ${sentence}\n`,
    });
  });
});

describe('hookline replies trigger', () => {
  test('wakes the worker, which answers what was staged by hand', async () => {
    const { engine, run } = deployedReplies();
    engine.dynamodb.seed(stagedByHand(), TABLES.stage);
    const { exitCode, out } = await run(['trigger', USER]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Sent a trigger for ci-t-001#.*: the worker begins within seconds\.\n$/);
    await engine.run(1);
    expect(engine.entries()).toHaveLength(2);
    expect(engine.locks).toEqual([]);
  });

  test('refuses while another is on its way, unless it is forced', async () => {
    const { engine, run } = deployedReplies();
    await engine.webhook({ messageSid: SID });
    const refused = await run(['trigger', USER]);
    expect(refused).toMatchObject({ exitCode: 1, out: '' });
    expect(refused.error).toContain('is on its way. Wait for it, or add --force.');
    expect(engine.triggers).toHaveLength(1);
    expect((await run(['trigger', USER, '--force', '--json'])).exitCode).toBe(0);
    expect(engine.triggers).toHaveLength(2);
  });

  test('a number with two conversations must be told apart', async () => {
    const other = CONVERSATION.replace('pi-t-001', 'pi-t-002');
    const records = [recordR(), recordR({ conversation_id: other, project_id: 'pi-t-002' })];
    const { engine, run } = deployedReplies({ records });
    const { exitCode, error } = await run(['trigger', USER]);
    expect(exitCode).toBe(1);
    expect(error).toContain(`${USER} has 2 conversations. Give the id of one:\n`);
    expect(error).toContain(other);
    expect((await run(['trigger', other])).exitCode).toBe(0);
    expect(engine.triggers.map(({ body }) => JSON.parse(body).conversation_id)).toEqual([other]);
  });

  test('a send that fails leaves no lock behind', async () => {
    const { engine, run } = deployedReplies();
    engine.tap.before = ({ name }) => {
      if (name === 'SendMessage') throw awsError('AccessDenied', 403);
    };
    expect((await run(['trigger', USER])).exitCode).toBe(1);
    expect(engine.locks).toEqual([]);
  });
});

describe('hookline replies redrive', () => {
  const bury = (world: ReturnType<typeof deployedReplies>, body: string) =>
    world.engine.sqs.send(
      new SendMessageCommand({
        QueueUrl: CHANNEL_DLQ,
        MessageBody: body,
        MessageAttributes: { deferrals: { DataType: 'Number', StringValue: '60' } },
      }),
    );
  const triggerBody = (number: string = USER) =>
    JSON.stringify({ conversation_id: CONVERSATION, primary_channel: number });

  test('gives dead triggers back; the turn goes on, and its deferrals begin anew', async () => {
    const world = deployedReplies();
    const { engine, run } = world;
    engine.dynamodb.seed(stagedByHand(), TABLES.stage);
    await bury(world, triggerBody());
    const { exitCode, out } = await run(['redrive']);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringMatching(/^redriven +ci-t-001#/) });
    expect(engine.deadLetters).toEqual([]);
    expect(engine.triggers[0]?.attributes).not.toHaveProperty('deferrals');
    await engine.run(1);
    expect(engine.entries()).toHaveLength(2);
  });

  test('--dry-run and --only leave the others where they are, visible', async () => {
    const world = deployedReplies();
    await bury(world, triggerBody());
    await bury(world, triggerBody('+15005550009'));
    const dry = await world.run(['redrive', '--dry-run', '--json']);
    expect(JSON.parse(dry.out).map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'would-redrive',
      'would-redrive',
    ]);
    expect((await world.run(['redrive', '--only', `whatsapp:${USER}`])).exitCode).toBe(0);
    expect(world.engine.deadLetters.map(({ body }) => JSON.parse(body).primary_channel)).toEqual([
      '+15005550009',
    ]);
    const now = world.clock.nowMillis();
    expect(world.engine.deadLetters.every(({ visibleAtMillis }) => visibleAtMillis <= now)).toBe(true);
  });

  test('what holds no trigger stays, with exit 1', async () => {
    const world = deployedReplies();
    await bury(world, 'not a trigger');
    const { exitCode, out, error } = await world.run(['redrive']);
    expect({ exitCode, error }).toEqual({
      exitCode: 1,
      error: 'error: 1 of 1 dead letters stay where they are.\n',
    });
    expect(out).toMatch(/^unreadable .*holds no trigger$/m);
    expect(world.engine.deadLetters).toHaveLength(1);
  });

  test('an empty queue, and a rate that is none', async () => {
    const { run } = deployedReplies();
    expect((await run(['redrive'])).out).toBe('The queue holds no dead letter.\n');
    expect((await run(['redrive', '--rate', '0'])).exitCode).toBe(2);
  });
});

describe('hookline replies handoff', () => {
  test('list looks and takes nothing; release lets the engine answer again', async () => {
    const records = [recordR({ hand_off_to_human: true, hand_off_to_human_reason: 'asked for a person' })];
    const world = deployedReplies({ records });
    const { engine, run } = world;
    await engine.webhook({ text: 'secret words', messageSid: SID });
    engine.clock.jump(300_000);
    const { out } = await run(['handoff', 'list']);
    expect(out).toMatch(/^ci-t-001#.* {2}for 5 min {2}/);
    expect(out).not.toContain('secret words');
    expect(out).not.toContain(USER);
    expect((await run(['handoff', 'list', '--text'])).out).toContain('said: "secret words"');
    expect(JSON.parse((await run(['handoff', 'list', '--json'])).out)).toEqual(engine.humanMessages);
    expect(engine.humanMessages).toHaveLength(1);

    const { exitCode, out: said } = await run(['handoff', 'release', USER]);
    expect(exitCode).toBe(0);
    expect(said).toContain("again, from the user's next message on.");
    expect(engine.conversation()).toMatchObject({ isHandedOff: false });
    expect(engine.conversation().data.hand_off_to_human_reason).toBeNull();
    await engine.webhook();
    await engine.run(15);
    expect(engine.entries().map(({ role }) => role)).toEqual(['user', 'user', 'assistant']);
    expect(await run(['handoff', 'release', USER])).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining('is not with a person: nothing was changed.'),
    });
  });

  test('nobody waits', async () => {
    expect((await deployedReplies().run(['handoff', 'list'])).out).toBe('Nobody waits for a person.\n');
  });
});
