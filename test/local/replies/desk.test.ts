import { describe, expect, it } from 'vitest';
import { answerHandOff } from '../../../local/console/replies/desk.ts';
import { newRecord, recordKey } from '../../../local/replies/new-record.ts';
import { PEOPLE } from '../../../local/replies/people.ts';
import { newRepliesSecrets } from '../../../local/replies/secrets.ts';
import { createRepliesStandIns } from '../../../local/replies/stand-ins.ts';
import { storedItem } from '../../../runtime/core/dynamodb-values.ts';
import { dynamoConversations } from '../../../runtime/replies/conversations.ts';
import { sqsHumanQueue } from '../../../runtime/replies/handoff.ts';
import { readConversation } from '../../../runtime/replies/record.ts';
import { SCHEMAS, TABLES } from '../../runtime/replies/tables.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';

const QUEUE = 'https://sqs.test/human';
const [ADA, GRACE] = [PEOPLE[0]!, PEOPLE[1]!];

/** Two people who were handed over, Ada with two messages. */
async function world() {
  const clock = new FakeClock();
  const dynamodb = new FakeDynamoDb(SCHEMAS);
  const sqs = new FakeSqs(clock, [{ url: QUEUE }]);
  const secrets = newRepliesSecrets();
  const { twilio } = createRepliesStandIns(secrets);
  const humans = sqsHumanQueue(sqs, QUEUE, clock);
  for (const person of [ADA, GRACE]) {
    const handed = {
      hand_off_to_human: true,
      hand_off_to_human_reason: 'asked',
      failure_reason: 'permanent:21211',
    };
    const item = storedItem({ ...newRecord(person, clock.nowMillis()), ...handed });
    dynamodb.seed(item, TABLES.conversations);
    for (const body of person === ADA ? ['First', 'Second'] : ['Other'])
      await humans.send({
        conversation: readConversation(item),
        messageSids: [`SM-${body}`],
        receivedAt: `2026-11-26T10:00:0${body.length}.000Z`,
        body,
        reason: 'asked',
      });
  }
  const cloud = { dynamodb, sqs, resources: { conversations: TABLES.conversations, humanQueue: QUEUE } };
  const answer = (id: string, text = 'A person here.') =>
    answerHandOff(id, text, { cloud, secrets, fetch: twilio.fetch });
  const waiting = () => sqs.messages(QUEUE).map(({ body }) => JSON.parse(body).body);
  const idOf = (text: string) =>
    sqs.messages(QUEUE).find(({ body }) => JSON.parse(body).body === text)?.messageId ?? '';
  const record = async (person = ADA) =>
    dynamoConversations(dynamodb, TABLES.conversations, clock).get(recordKey(person));
  return { twilio, answer, waiting, idOf, record };
}

describe('a person who answers', () => {
  it('sends, leaves the answer in the record, and gives the conversation back with all its messages', async () => {
    const { twilio, answer, waiting, idOf, record } = await world();
    await answer(idOf('First'));
    expect(twilio.sent.map(({ chatId, text }) => [chatId, text])).toEqual([[ADA.number, 'A person here.']]);
    const sid = twilio.sent[0]?.messageId;
    expect(await record()).toMatchObject({
      isHandedOff: false,
      status: 'reply_sent',
      entries: [{ role: 'assistant', content: 'A person here.', messageId: sid, partSids: [sid] }],
    });
    expect((await record())?.data).not.toHaveProperty('failure_reason');
    expect(waiting()).toEqual(['Other']);
    expect((await record(GRACE))?.isHandedOff).toBe(true);
    // Twilio is to report on it as on the engine's own messages.
    expect(twilio.messages[0]?.statusCallback).toBe('https://replies.hookline.invalid/whatsapp/status');
  });

  it('changes nothing when Twilio does not take the answer', async () => {
    const { twilio, answer, waiting, idOf, record } = await world();
    twilio.fail({ kind: 'refuse', code: 63003 });
    await expect(answer(idOf('First'))).rejects.toThrow('Twilio’s stand-in did not take the answer');
    expect(waiting()).toHaveLength(3);
    expect(await record()).toMatchObject({ isHandedOff: true, entries: [] });
  });

  it('is told when somebody else was faster', async () => {
    const { twilio, answer, idOf } = await world();
    const id = idOf('First');
    await answer(id);
    await expect(answer(id)).rejects.toThrow('not in the queue any more');
    expect(twilio.sent).toHaveLength(1);
  });
});
