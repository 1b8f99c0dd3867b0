import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { emulatorClient } from '../../local/secrets.ts';
import { SERVICE_RIGHTS } from '../../modules/replies/policies.ts';
import { PROMPT } from '../runtime/replies/records.ts';
import type { AwsUse, DeniedCall } from './support/aws-recorder.ts';
import { newChat, until, world } from './support/harness.ts';
import { allows, isUsed, rightsOf } from './support/policy.ts';
import { LATE_SECRET, putSecret } from './support/replies.ts';
import {
  archived,
  deliver,
  deployed,
  dynamodb,
  humanMessages,
  locks,
  message,
  report,
  seed,
  sentTo,
  stage,
  staged,
  type Talk,
  tell,
  trigger,
  untilClean,
  untilStatus,
} from './support/replies-harness.ts';
import { PERSON_PLEASE } from './support/replies-routes.ts';

const PARTS = ['webhook', 'worker', 'sweeper'] as const;
type Part = (typeof PARTS)[number];

/** AWS itself takes no narrower resource for these. */
const NEEDS_STAR = /^xray:/;

/** An entry of more than 20 KB goes into the archive at once. */
const LONG = 'x'.repeat(21_000);

const usesNow = async () =>
  (await (await fetch(`${world().serverUrl}/_test/aws-calls`)).json()) as readonly AwsUse[];

const deny = (call: DeniedCall) =>
  fetch(`${world().serverUrl}/_test/aws-calls`, { method: 'POST', body: JSON.stringify(call) });

const sid = () => `SM${randomUUID().replaceAll('-', '')}`;

const untilArchived = (talk: Talk) => until('the archive', async () => (await archived(talk)).length > 0);

/** A turn of a text, and what becomes of its reply. */
async function answered(): Promise<void> {
  const talk = await seed();
  await tell(talk, 'hello');
  await untilStatus(talk, 'reply_sent');
  const [reply] = await sentTo(talk);
  expect(await report(reply?.messageId ?? '', 'failed', 63016)).toBe(204);
  expect(await humanMessages(talk)).toHaveLength(1);
}

/** With a model key of its own; the model gives the user to a person. */
async function handedOver(): Promise<void> {
  const secret = `${LATE_SECRET}${randomUUID()}`;
  await putSecret(world().endpoint, secret, { ai_api_key: 'sk-test' });
  const talk = await seed({ ai_config: { api_key_reference: secret, assistant_id_replies: PROMPT } });
  await tell(talk, PERSON_PLEASE);
  await untilStatus(talk, 'handoff_required');
}

/** More than one turn takes: the rest gets a trigger of its own. */
async function followedUp(): Promise<void> {
  const talk = await seed();
  for (const letter of ['a', 'b']) await stage(talk, { message_sid: sid(), body: letter.repeat(7000) });
  await trigger(talk);
  await until('two turns', async () => (await sentTo(talk)).length >= 2, 90);
  await untilClean(talk);
}

/** Whoever is unknown is looked for in the table itself. */
async function unknown(): Promise<void> {
  const nobody = { user: `+${newChat()}`, id: '' };
  await tell(nobody, 'hello');
}

async function forPerson(): Promise<void> {
  const talk = await seed({ auto_queue_reply_message: true });
  await tell(talk, LONG);
  await untilArchived(talk);
}

/** A lock whose trigger could not be sent does not stay. */
async function notTriggered(): Promise<void> {
  const talk = await seed();
  await deny({ operation: 'SendMessage', holds: talk.id });
  expect((await deliver(message(talk, 'hello'))).status).toBe(503);
  expect([(await staged(talk)).length, await locks(talk)]).toEqual([1, []]);
}

/** A block that stands where the archive goes on: the worker reads the record again, as often as it may. */
async function inTheWay(): Promise<void> {
  const talk = await seed();
  const table = { TableName: deployed().archive_table_name };
  const Key = { conversation_id: { S: talk.id }, entry_no: { N: '0' } };
  await dynamodb().send(new PutItemCommand({ ...table, Item: Key }));
  await tell(talk, LONG);
  await untilStatus(talk, 'retry');
  await dynamodb().send(new DeleteItemCommand({ ...table, Key }));
  await untilStatus(talk, 'reply_sent');
  await untilArchived(talk);
}

/** Left behind on each route, and found by the sweeper. */
async function swept(): Promise<void> {
  const due = () => ({ due_shard: 0, due_at: Math.floor(Date.now() / 1000) - 1, message_sid: sid() });
  const [orphan, forHuman] = [await seed(), await seed({ auto_queue_reply_message: true })];
  await stage(orphan, { ...due(), body: 'orphan' });
  await stage(forHuman, { ...due(), body: LONG, route: 'human' });
  const lambda = new LambdaClient(emulatorClient(world().endpoint));
  await lambda.send(new InvokeCommand({ FunctionName: `${deployed().sweeper_function_name}:live` }));
  await untilStatus(orphan, 'reply_sent');
  await untilArchived(forHuman);
  await until('the empty stage', async () => (await staged(forHuman)).length === 0);
}

const DRIVES = [answered, handedOver, followedUp, unknown, forPerson, notTriggered, inTheWay, swept];

describe('replies 59: least privilege', () => {
  let uses: readonly AwsUse[] = [];

  beforeAll(async () => {
    await Promise.all(DRIVES.map((drive) => drive()));
    uses = await usesNow();
  });

  const policyOf = (part: Part) => rightsOf(deployed()[`${part}_policy_json`]);
  const usesOf = (part: Part) =>
    uses.filter(({ functionName }) => functionName === deployed()[`${part}_function_name`]);

  it.each(PARTS)('the %s calls nothing that its policy does not allow', (part) => {
    const calls = usesOf(part);
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter((use) => !allows(policyOf(part), use))).toEqual([]);
  });

  it.each(PARTS)('the %s is allowed nothing that it does not call', (part) => {
    const idle = policyOf(part)
      .filter((right) => !isUsed(right, usesOf(part)) && !(right.action in SERVICE_RIGHTS))
      .map(({ action, resource }) => `${action} ${resource.replace(/^.*[/:]/, '')}`);
    expect(idle).toEqual([]);
  });

  it.each(PARTS)('the policy of the %s has no star that AWS does not force', (part) => {
    const starred = policyOf(part).filter(({ action, resource }) => action.includes('*') || resource === '*');
    expect(starred.filter(({ action }) => !NEEDS_STAR.test(action))).toEqual([]);
  });
});
