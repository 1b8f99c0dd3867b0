import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { TWILIO_TEST } from '../../local/recordings/twilio.ts';
import { TABLES } from '../runtime/replies/tables.ts';
import { CHANNEL_QUEUE } from '../runtime/replies/world-setup.ts';
import { expectTurns, type RepliesBenchWorld, recordOfUser, repliesBenchWorld } from './replies-world.ts';
import { table } from './section.ts';
import { interleaved, median, millis, percentile, ratio, timed } from './statistics.ts';

const ROUNDS = 100;
const PARALLEL = 20;
const ALL = Array.from({ length: PARALLEL }, (_, index) => index);
/** Each conversation has as many turns before. */
const BEFORE = 5;

/** From a user's message to Twilio's acceptance of the reply, beside a floor in the same run. */
export async function repliesTime(): Promise<readonly string[]> {
  const [alone, many] = [repliesBenchWorld(1), repliesBenchWorld(PARALLEL)];
  const [bare, bareMany] = [repliesBenchWorld(1), repliesBenchWorld(PARALLEL)];
  await warm(alone, [0]);
  await warm(many, ALL);
  const inParallel: number[] = [];
  const floorInParallel: number[] = [];
  const times = await interleaved(ROUNDS, {
    turn: async () => (await alone.turns([0]))[0] ?? Number.NaN,
    floor: () => timed(() => floorTurn(bare, 0)),
    turns: () => timed(async () => inParallel.push(...(await many.turns(ALL)))),
    floors: () => timed(async () => floorInParallel.push(...(await floorTurns(bareMany)))),
  });
  expectTurns(alone, BEFORE + ROUNDS);
  expectTurns(many, (BEFORE + ROUNDS) * PARALLEL);
  expectTurns(bare, ROUNDS);
  expectTurns(bareMany, ROUNDS * PARALLEL);
  const row = (name: string, values: readonly number[], floor: readonly number[], each: number) => [
    name,
    millis(median(values)),
    millis(percentile(values, 0.99)),
    ratio(median(values), median(floor)),
    each.toFixed(0),
  ];
  const perSecond = (whole: readonly number[], count: number) => (1000 * count) / median(whole);
  return [
    table(
      ['conversations at once', 'median', 'p99', ': floor', 'turns per second'],
      [
        row('1', times.turn, times.floor, perSecond(times.turn, 1)),
        row(`${PARALLEL}`, inParallel, floorInParallel, perSecond(times.turns, PARALLEL)),
        row('floor, 1', times.floor, times.floor, perSecond(times.floor, 1)),
        row(`floor, ${PARALLEL}`, floorInParallel, floorInParallel, perSecond(times.floors, PARALLEL)),
      ],
    ),
    `From the last message of the user to Twilio's acceptance of the reply, without W (10 s by default, 0 here) and without the model's time: fakes, model and Twilio answer at once. The real webhook and worker in one process, ${ROUNDS} rounds of each kind in turn, records with ${2 * BEFORE} entries at the beginning that grow by two with each turn. The floor is what no engine of this kind can do without: stage a row, send and receive a trigger, take the record, ask the model, send, note the reply.`,
  ];
}

const floorTurns = (world: RepliesBenchWorld): Promise<readonly number[]> =>
  Promise.all(ALL.map((index) => timed(() => floorTurn(world, index))));

async function warm(world: RepliesBenchWorld, conversations: readonly number[]): Promise<void> {
  for (let round = 0; round < BEFORE; round++) for (const one of conversations) await world.turns([one]);
}

async function floorTurn({ dynamodb, poller, world }: RepliesBenchWorld, index: number): Promise<void> {
  const { primary_channel, conversation_id, gsi_recipient_tel } = recordOfUser(index);
  const row = { conversation_id, message_sid: { S: `SM${index}` }, primary_channel, body: { S: 'Hi' } };
  await dynamodb.send(new PutItemCommand({ TableName: TABLES.stage, Item: row as never }));
  await poller.send(new SendMessageCommand({ QueueUrl: CHANNEL_QUEUE, MessageBody: '{}' }));
  await poller.send(new ReceiveMessageCommand({ QueueUrl: CHANNEL_QUEUE, MaxNumberOfMessages: 1 }));
  const note = (status: string) =>
    dynamodb.send(
      new UpdateItemCommand({
        TableName: TABLES.conversations,
        Key: { primary_channel, conversation_id } as never,
        UpdateExpression: 'SET conversation_status = :status',
        ExpressionAttributeValues: { ':status': { S: status } },
        ReturnValues: 'ALL_NEW',
      }),
    );
  await note('processing_reply');
  const ask = { model: 'gpt-test', input: 'Hi', store: false };
  const asked = await world('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json' },
    body: JSON.stringify(ask),
  });
  await asked.json();
  const { accountSid, authToken, companyNumber } = TWILIO_TEST;
  const to = Object.values(gsi_recipient_tel ?? {})[0];
  const sent = await world(`https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
    body: new URLSearchParams({ From: `whatsapp:${companyNumber}`, To: `whatsapp:${to}`, Body: 'Hello' }),
  });
  if (sent.status !== 201) throw new Error(`Twilio answered ${sent.status} to the floor.`);
  await note('reply_sent');
}
