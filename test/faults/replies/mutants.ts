import { systemClock } from '../../../runtime/core/clock.ts';
import { RepliesJournal } from '../../../runtime/replies/journal.ts';
import { dynamoLeases } from '../../../runtime/replies/lease.ts';
import { dynamoStage } from '../../../runtime/replies/stage-table.ts';
import { dynamoTriggerLock } from '../../../runtime/replies/trigger-lock.ts';
import { TABLES } from '../../runtime/replies/tables.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { awsError, type Fields } from '../../support/tap.ts';
import { purposeOf } from './network.ts';

const nobody = { send: () => Promise.reject(new Error('Nobody is called')) };
const ttl = { ttlSeconds: 1, ttlAttribute: 'expires_at' };

// biome-ignore lint/suspicious/noExplicitAny: a mutant reaches into what is private.
const prototypeOf = (made: object): any => Object.getPrototypeOf(made);
// biome-ignore lint/suspicious/noExplicitAny: as above.
const journal = RepliesJournal.prototype as any;
// biome-ignore lint/suspicious/noExplicitAny: as above.
const dynamodb = FakeDynamoDb.prototype as any;
const leases = prototypeOf(dynamoLeases(nobody, '', systemClock));
const stage = prototypeOf(dynamoStage(nobody, '', systemClock, ttl));
const triggerLock = prototypeOf(dynamoTriggerLock(nobody, '', systemClock, ''));

/** Changes every write to a record on its way to the table. */
function onRecordWrite(change: (input: Fields, table: FakeDynamoDb) => Fields): void {
  const { prepare } = dynamodb;
  dynamodb.prepare = function (kind: string, input: Fields) {
    const isRecord = kind === 'Update' && input.TableName === TABLES.conversations;
    return prepare.call(this, kind, isRecord ? change(input, this) : input);
  };
}

/** The write is done whatever its condition says, if only there is a record. */
const always = (input: Fields): Fields => ({
  ...input,
  ConditionExpression: `(${input.ConditionExpression}) OR attribute_exists(conversation_id)`,
});

const OF_A_TURN = ['turn', 'begin', 'mark', 'entries'];

/** Changes a turn that a worker finds in the record. */
function onResume(change: (turn: Fields) => Fields): void {
  const { resume } = journal;
  journal.resume = function (turn: Fields) {
    return resume.call(this, change(turn));
  };
}

const withParts = (turn: Fields, change: (part: Fields) => Fields): Fields => ({
  ...turn,
  parts: turn.parts.map(change),
});

/** Ways to break the runtime that the checker must detect. Each changes a class for good. */
export const mutants: Readonly<Record<string, () => void>> = {
  /** Writes of a turn do not look whose the lease is. */
  'no-fence': () => onRecordWrite((input) => (OF_A_TURN.includes(purposeOf(input)) ? always(input) : input)),
  /** A part counts as accepted before it is sent. */
  'marks-before-send': () => {
    const { begin } = journal;
    journal.begin = async function (number: number) {
      await begin.call(this, number);
      await this.write({ set: { [`pending_turn.parts[${number - 1}].sid`]: 'SMearly' } });
    };
  },
  /** A part whose outcome is unclear is sent again, and nobody asks Twilio. */
  'no-reconciliation': () => onResume((turn) => withParts(turn, ({ sendStartedAt: _, ...part }) => part)),
  /** A stored reply is not looked at: the model is asked again. */
  'no-checkpoint': () => onResume((turn) => ({ ...turn, state: 'collected' })),
  /** The trigger lock is deleted only after the stage table was read, and nobody looks again after the turn. */
  'lock-deleted-after-read': () => {
    const { claim } = journal;
    const { list } = stage;
    stage.list = async () => [];
    journal.claim = async function () {
      const { ports } = this;
      const reading = Object.assign(Object.create(ports.stage), { list });
      const keeping = Object.assign(Object.create(ports.triggerLock), { clear: async () => {} });
      this.ports = { ...ports, stage: reading, triggerLock: keeping };
      const claimed = await claim.call(this);
      this.ports = ports;
      await ports.triggerLock.clear(this.conversation.conversationId);
      return claimed;
    };
  },
  /** The staged rows go before anything tells of their turn. */
  'rows-deleted-early': () => {
    const { collectRows } = journal;
    journal.collectRows = async function () {
      const rows = await collectRows.call(this);
      const sids = rows.map(({ messageSid }: Fields) => messageSid);
      await this.ports.stage.remove(this.conversation.conversationId, sids);
      return rows;
    };
  },
  /** The record does not remember which messages were dealt with. */
  'no-sid-dedupe': () => {
    const { write } = dynamodb;
    dynamodb.write = function (kind: string, input: Fields) {
      const output = write.call(this, kind, input);
      for (const item of this.items(TABLES.conversations).values()) delete item.processed_sids;
      return output;
    };
  },
  /** The sweeper does not see that somebody is at work. */
  'sweeper-ignores-leases': () => {
    const { getItem } = dynamodb;
    dynamodb.getItem = function (input: Fields) {
      const { Item } = getItem.call(this, input);
      const { lock_expires_at: _, ...item } = Item ?? {};
      return Item ? { Item: item } : {};
    };
  },
  /** A lease that was left is never taken over. */
  'lease-never-expires': () =>
    onRecordWrite((input, table) => {
      const { primary_channel, conversation_id } = input.Key;
      const Item = table.item([primary_channel.S, conversation_id.S], TABLES.conversations);
      if (purposeOf(input) === 'lease' && Item?.conversation_status?.S === 'processing_reply')
        throw awsError('ConditionalCheckFailedException', 400, 'The conditional request failed', { Item });
      return input;
    }),
  /** A lease under which nothing was done is not given back. */
  'keeps-lease': () => {
    leases.release = async () => true;
  },
  /** The person is told after the turn is over. */
  'tells-person-last': () => {
    const { finish } = journal;
    journal.finish = async function () {
      const { humans } = this.ports;
      const messages: unknown[] = [];
      this.ports = { ...this.ports, humans: { send: async (message: unknown) => messages.push(message) } };
      await finish.call(this);
      for (const message of messages) await humans.send(message);
    };
  },
  /** A send does not look whether the user opted out or a person took over. */
  'no-last-look': () => {
    const { update } = leases;
    leases.update = function (lease: unknown, change: unknown, options: Fields = {}) {
      return update.call(this, lease, change, { ...options, unless: [] });
    };
  },
  /** A worker does not see what callbacks tell while it works. */
  'ignores-callbacks': () => {
    const { update } = leases;
    leases.update = function (lease: unknown, change: unknown, options: Fields = {}) {
      return update.call(this, lease, change, { ...options, part: undefined });
    };
  },
  /** A definite refusal is taken for the answer to an earlier send that was unclear, too. */
  'forgets-unclear-sends': () => {
    const { changePart } = journal;
    journal.changePart = function (number: number, { unclearSince: _, ...change }: Fields) {
      changePart.call(this, number, change);
    };
  },
  /** Messages of a turn are put in the wrong order. */
  'mixes-order': () => {
    const { list } = stage;
    stage.list = async function (conversationId: string) {
      return [...(await list.call(this, conversationId))].reverse();
    };
  },
  /** An entry is appended whether or not its message was processed. */
  'appends-again': () => onRecordWrite((input) => (purposeOf(input) === 'entries' ? always(input) : input)),
  /** A trigger lock that was left keeps everybody waiting. */
  'lock-never-expires': () => {
    const { acquire } = triggerLock;
    triggerLock.acquire = async function (conversationId: string, seconds: number) {
      return acquire.call(this, conversationId, seconds * 100_000);
    };
  },
};
