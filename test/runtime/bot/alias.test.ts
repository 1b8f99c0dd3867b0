import { expect, test } from 'vitest';
import { aliasBody, aliasTarget, followAliases } from '../../../runtime/bot/history-alias.ts';
import { readStoredHistory } from '../../../runtime/bot/stored-history.ts';
import { s3ObjectStore } from '../../../runtime/core/object-store.ts';
import { awsError } from '../../support/tap.ts';
import { whatsappJob } from './jobs.ts';
import { CHAT, context, queued, storedHistory, storedTexts, textJob, workerWorld } from './worker-world.ts';

const NEW_NUMBER = '15550177';
const BSUID = 'US.13491208655302741918';

const numberChange = (id = 'wamid.system') =>
  whatsappJob({
    id,
    type: 'system',
    system: { type: 'user_changed_number', body: 'changed', wa_id: NEW_NUMBER },
  });

const from = (chatId: string, text: string, id: string) =>
  whatsappJob({ from: chatId, id, type: 'text', text: { body: text } }, { chatId });

/** A text of a user who shows the number and the business-scoped id. */
const withBoth = (text: string, id: string) =>
  whatsappJob(
    { from_user_id: BSUID, id, type: 'text', text: { body: text } },
    { contact: { wa_id: CHAT, user_id: BSUID } },
  );

/** A text of a user who hides the number. */
const withoutNumber = (text: string, id: string) =>
  whatsappJob(
    { from: undefined, from_user_id: BSUID, id, type: 'text', text: { body: text } },
    { chatId: BSUID },
  );

type World = ReturnType<typeof workerWorld>;

const objectText = ({ s3 }: World, id: string) =>
  Buffer.from(s3.object(`history/${id}.sqlite`)?.body ?? []).toString('utf8');

const rules = ({ lines }: World) =>
  lines.filter((line) => line.message === 'worker_job_finished').map((line) => line.rule);

test('a new number stands for the history of the old one: the event is decided by the rule system, nothing is sent', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await world.worker(queued(textJob('one')), context());
  await world.worker(queued(numberChange()), context());
  expect(rules(world)).toEqual(['agent', 'system']);
  expect(objectText(world, NEW_NUMBER)).toBe(`{"alias":"${CHAT}"}`);
  const { history } = storedHistory(world.s3);
  expect(history.ledgerRow('wamid.system')).toMatchObject({ rule: 'system', parts: [] });
  expect(history.state(`alias_${NEW_NUMBER}`)).toBe('made');
  history.close();

  world.tap.clear();
  await world.worker(queued(from(NEW_NUMBER, 'two', 'wamid.2')), context());
  expect(world.tap.calls).toEqual(['GetObject', 'GetObject', 'PutObject', 'send', 'UpdateItem']);
  expect(world.provider.sent.at(-1)).toMatchObject({ chatId: NEW_NUMBER, text: 'You said: two' });
  expect(storedTexts(world.s3)).toEqual(['one', 'You said: one', 'two', 'You said: two']);
  expect(objectText(world, NEW_NUMBER)).toBe(`{"alias":"${CHAT}"}`);

  world.tap.clear();
  await world.worker(queued(numberChange()), context());
  expect(world.tap.calls).toEqual(['GetObject']);
});

test('a number that changes twice leads to the first history, and the lock is that of the id that came', async () => {
  const world = workerWorld();
  await world.worker({ maws_job: textJob('one') }, context());
  await world.worker({ maws_job: numberChange() }, context());
  const third = '15550188';
  const second = whatsappJob(
    {
      id: 'wamid.s2',
      from: NEW_NUMBER,
      type: 'system',
      system: { type: 'user_changed_number', wa_id: third },
    },
    { chatId: NEW_NUMBER },
  );
  await world.worker({ maws_job: second }, context());
  expect(objectText(world, third)).toBe(`{"alias":"${CHAT}"}`);
  const keys: unknown[] = [];
  world.tap.before = (call) => {
    if (call.name === 'UpdateItem') keys.push(call.input.Key);
  };
  await world.worker({ maws_job: from(third, 'two', 'wamid.2') }, context());
  expect(keys[0]).toEqual({ user_id: { S: third } });
  expect(storedTexts(world.s3)).toEqual(['one', 'You said: one', 'two', 'You said: two']);
});

test('a changed business-scoped id that arrives under the new id: the old history takes the event', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await world.worker(queued(withoutNumber('one', 'wamid.1')), context());
  const newId = 'US.2222';
  const system = { type: 'user_changed_user_id', previous_user_id: BSUID, user_id: newId };
  const change = whatsappJob(
    { id: 'wamid.s', from: undefined, from_user_id: newId, type: 'system', system },
    { chatId: newId },
  );
  await world.worker(queued(change), context());
  expect(objectText(world, newId)).toBe(`{"alias":"${BSUID}"}`);
  const { history } = storedHistory(world.s3, BSUID);
  expect(history.ledgerRow('wamid.s')?.rule).toBe('system');
  expect(history.state(`alias_${newId}`)).toBe('made');
  history.close();
});

test('an alias is never written over a history', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await world.worker(queued(from(NEW_NUMBER, 'mine', 'wamid.0')), context());
  await world.worker(queued(textJob('one')), context());
  await world.worker(queued(numberChange()), context());
  expect(storedTexts(world.s3, NEW_NUMBER)).toEqual(['mine', 'You said: mine']);
  const { history } = storedHistory(world.s3);
  expect(history.state(`alias_${NEW_NUMBER}`)).toBe('taken');
  history.close();
});

test('bot A50: a business-scoped id seen beside a number stands for its history, tried once, and is followed', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await world.worker(queued(withBoth('one', 'wamid.1')), context());
  expect(world.tap.calls).toEqual(['GetObject', 'PutObject', 'PutObject', 'send', 'UpdateItem']);
  world.tap.clear();
  await world.worker(queued(withBoth('two', 'wamid.2')), context());
  expect(world.tap.calls).toEqual(['GetObject', 'PutObject', 'send', 'UpdateItem']);
  await world.worker(queued(withoutNumber('three', 'wamid.3')), context());
  expect(storedTexts(world.s3)).toEqual(
    ['one', 'two', 'three'].flatMap((text) => [text, `You said: ${text}`]),
  );
  const last = world.provider.sent.at(-1)?.body;
  expect(last).toMatchObject({ recipient: BSUID });
  expect(last).not.toHaveProperty('to');
});

test('bot A50: who was known by the business-scoped id alone goes on there when the number is seen', async () => {
  const prompts: unknown[] = [];
  const world = workerWorld({
    policy: 'fifo',
    agent: (turn, { history }) => {
      prompts.push(history.read().map((row) => row.blocks[0]?.content));
      return `re ${turn.text}`;
    },
  });
  await world.worker(queued(withoutNumber('hidden', 'wamid.0')), context());
  await world.worker(queued(withBoth('one', 'wamid.1')), context());
  expect(objectText(world, CHAT)).toBe(`{"alias":"${BSUID}"}`);
  expect(prompts).toEqual([[], ['hidden', 're hidden']]);
  expect(storedTexts(world.s3, BSUID)).toEqual(['hidden', 're hidden', 'one', 're one']);
  expect(world.provider.sent.at(-1)?.body).toMatchObject({ to: CHAT });
  world.tap.clear();
  await world.worker(queued(withBoth('two', 'wamid.2')), context());
  expect(world.tap.calls).toEqual(['GetObject', 'GetObject', 'PutObject', 'send', 'UpdateItem']);
  const objects = s3ObjectStore(world.s3, 'bucket', world.clock);
  const stored = await readStoredHistory(CHAT, objects, {
    prefix: 'history',
    rowLimit: 1,
    clock: world.clock,
  });
  expect(stored?.chatIds).toEqual([CHAT, BSUID]);
});

test('bot A50: two histories that stand already stay apart, and joining them is tried once', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await world.worker(queued(withoutNumber('hidden', 'wamid.0')), context());
  await world.worker(queued(textJob('known', 'wamid.k')), context());
  await world.worker(queued(withBoth('one', 'wamid.1')), context());
  expect(storedTexts(world.s3, BSUID)).toEqual(['hidden', 'You said: hidden']);
  expect(storedTexts(world.s3)).toHaveLength(4);
  world.tap.clear();
  await world.worker(queued(withBoth('two', 'wamid.2')), context());
  expect(world.tap.calls).toEqual(['GetObject', 'PutObject', 'send', 'UpdateItem']);
});

test('an alias of a turn that then failed is known again, and no circle is made', async () => {
  const world = workerWorld({ policy: 'fifo' });
  world.tap.before = (call) => {
    if (call.input.Key === `history/${CHAT}.sqlite` && call.name === 'PutObject')
      throw awsError('InternalError', 500);
  };
  await world.worker(queued(withBoth('one', 'wamid.1')), context());
  expect(world.s3.keys()).toEqual([`history/${BSUID}.sqlite`]);
  world.tap.before = undefined;
  await world.worker(queued(withBoth('one', 'wamid.1')), context());
  const { history } = storedHistory(world.s3);
  expect(history.state(`alias_${BSUID}`)).toBe('made');
  expect(history.rows(9)).toHaveLength(2);
  history.close();
});

test('in a group nothing is aliased: the open history is not the user’s', async () => {
  const world = workerWorld({ policy: 'fifo', environment: { GROUP_POLICY: 'all' } });
  const message = { from_user_id: BSUID, group_id: 'group-1', type: 'text', text: { body: 'one' } };
  await world.worker(queued(whatsappJob(message, { chatId: 'group-1' })), context());
  expect(world.s3.keys()).toEqual(['history/group-1.sqlite']);
});

test('an alias that cannot be made costs no reply and is tried again', async () => {
  const world = workerWorld({ policy: 'fifo' });
  world.tap.before = (call) => {
    if (String(call.input.Key).includes(BSUID)) throw awsError('AccessDenied', 403);
  };
  await world.worker(queued(withBoth('one', 'wamid.1')), context());
  expect(world.provider.sent).toHaveLength(1);
  expect(world.lines.some((line) => line.message === 'alias_not_made')).toBe(true);
  world.tap.before = undefined;
  await world.worker(queued(withBoth('two', 'wamid.2')), context());
  expect(objectText(world, BSUID)).toBe(`{"alias":"${CHAT}"}`);
});

test('a history that was deleted behind its alias begins anew under the old key', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await world.worker(queued(withBoth('one', 'wamid.1')), context());
  world.s3.buckets.get('bucket')?.delete(`history/${CHAT}.sqlite`);
  await world.worker(queued(withoutNumber('two', 'wamid.2')), context());
  expect(storedTexts(world.s3)).toEqual(['two', 'You said: two']);
});

test('readers of histories follow an alias and tell all ids of the chat', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await world.worker(queued(withBoth('one', 'wamid.1')), context());
  const objects = s3ObjectStore(world.s3, 'bucket', world.clock);
  const options = { prefix: 'history', rowLimit: 10, clock: world.clock };
  const stored = await readStoredHistory(BSUID, objects, options);
  expect(stored).toMatchObject({ key: `history/${CHAT}.sqlite`, chatIds: [BSUID, CHAT] });
  expect((await readStoredHistory(CHAT, objects, options))?.chatIds).toEqual([CHAT, BSUID]);
});

test('aliases in a circle are an error an operator can read', async () => {
  const circle = async (id: string) => ({ body: aliasBody(id === 'a' ? 'b' : 'a') });
  await expect(followAliases('a', circle)).rejects.toThrow(
    "The aliases of the chat's history lead in a circle; delete one of them",
  );
});

test('only an object with an id in it is an alias', () => {
  const target = (text: string) => aliasTarget(Buffer.from(text));
  expect(target('{"alias": "ñ/1"}')).toBe('ñ/1');
  for (const text of ['', '{', '{}', '{"alias":""}', '{"alias":1}', '[]', 'SQLite format 3'])
    expect(target(text)).toBeUndefined();
});
