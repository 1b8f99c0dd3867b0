import { HistoryFile } from '../../../runtime/bot/history-file.ts';
import { BotJournal } from '../../../runtime/bot/journal.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import { awsError, type Fields } from '../../support/tap.ts';
import { Container } from '../container.ts';

// biome-ignore lint/suspicious/noExplicitAny: a mutant reaches into what is private.
const journal = BotJournal.prototype as any;
// biome-ignore lint/suspicious/noExplicitAny: as above.
const dynamodb = FakeDynamoDb.prototype as any;
// biome-ignore lint/suspicious/noExplicitAny: as above.
const s3 = FakeS3.prototype as any;
// biome-ignore lint/suspicious/noExplicitAny: as above.
const sqs = FakeSqs.prototype as any;
// biome-ignore lint/suspicious/noExplicitAny: as above.
const history = HistoryFile.prototype as any;
// biome-ignore lint/suspicious/noExplicitAny: as above.
const container = Container.prototype as any;

/** Ways to break the runtime that the checker must detect. Each changes the class for good. */
export const mutants: Readonly<Record<string, () => void>> = {
  /** The mark is written before the send. */
  'marks-before-send': () => {
    const { partAccepted } = journal;
    journal.partBegun = function (part: number) {
      return this.ports.delivery?.accepted(this.key, part, 'early') ?? partAccepted;
    };
  },
  /** The reply is never stored. */
  'no-ledger': () => {
    journal.decide = async function (decision: { parts: readonly unknown[] }) {
      this.parts = decision.parts;
    };
  },
  /** Parts are not marked one by one, only the whole reply is. */
  'no-part-marks': () => {
    journal.partAccepted = async () => {};
  },
  /** A finished event is not marked. */
  'no-done': () => {
    journal.finish = async function () {
      await this.releaseLock();
    };
  },
  /** A busy chat ignores an event whose reply is stored. */
  'ignores-decided': () => {
    journal.claimWhileBusy = async () => ({ status: 'ignored', rule: 'busy' });
  },
  /** The lock is ignored for the event's own earlier run. */
  'ignores-own-lock': () => {
    const { takeLock } = journal;
    journal.takeLock = async function () {
      return takeLock.call(this).catch((error: Error) => {
        if (error.name === 'OwnEventBusyError') return true;
        throw error;
      });
    };
  },
  /** The lock is kept after the turn. */
  'keeps-lock': () => {
    journal.releaseLock = async () => {};
    const { finish } = journal;
    journal.finish = async function () {
      this.locked = false;
      await finish.call(this);
    };
  },
  /** A history is saved over another worker's. */
  'plain-overwrite': () => {
    const { putObject } = s3;
    s3.putObject = function ({ IfMatch: _, IfNoneMatch: __, ...input }: Fields) {
      return putObject.call(this, input);
    };
  },
  /** A chat's messages are no group: they run side by side. */
  'no-groups': () => {
    const { enqueue } = sqs;
    sqs.enqueue = function (queue: unknown, input: Fields) {
      return enqueue.call(this, queue, { ...input, MessageGroupId: input.MessageDeduplicationId });
    };
  },
  /** What WhatsApp reports is not noted. */
  'forgets-reports': () => {
    const { write } = dynamodb;
    dynamodb.write = function (kind: string, input: Fields) {
      return String(input.UpdateExpression).includes('delivered_') ? {} : write.call(this, kind, input);
    };
  },
  /** A lock that is left is never taken over. */
  'lock-never-expires': () => {
    const { write } = dynamodb;
    dynamodb.write = function (kind: string, input: Fields) {
      const Item = input.ConditionExpression?.includes('busy_until') && this.item(input.Key.user_id.S);
      if (Item)
        throw awsError('ConditionalCheckFailedException', 400, 'The conditional request failed', { Item });
      return write.call(this, kind, input);
    };
  },
  /** A merged turn's other events are not in the ledger. */
  'merge-forgets-events': () => {
    const { write } = history;
    history.write = function (change: Fields, times: unknown) {
      const ledger = change.ledger.filter(({ carriedBy }: Fields) => carriedBy === undefined);
      return write.call(this, { ...change, ledger }, times);
    };
  },
  /** A merged turn that fails brings only its last record back. */
  'merge-reports-last': () => {
    const { run } = container;
    container.run = async function (...args: unknown[]) {
      const answer = await run.apply(this, args);
      const failures = answer?.batchItemFailures;
      return failures ? { batchItemFailures: failures.slice(-1) } : answer;
    };
  },
  /** A merged turn's marks are looked for under the event that came back. */
  'merge-marks-apart': () => {
    Object.defineProperty(journal, 'key', {
      get() {
        const { provider, chat_id: chatId, event_id: eventId } = this.jobs[0];
        return { provider, chatId, eventId };
      },
    });
  },
  /** Messages of a turn are stored in the wrong order. */
  'merge-mixes-order': () => {
    const { write } = history;
    history.write = function (change: Fields, times: unknown) {
      return write.call(this, { ...change, rows: [...change.rows].reverse() }, times);
    };
  },
  /** Every failed attempt counts as the last, and nobody looks whether the user was told. */
  'tells-again': () => {
    const { fail } = journal;
    journal.fail = async function (...args: unknown[]) {
      const result = await fail.apply(this, args);
      this.failedAttempts = 99;
      return result;
    };
    const { write } = dynamodb;
    dynamodb.write = function (kind: string, input: Fields) {
      if (!String(input.UpdateExpression).includes('error_told')) return write.call(this, kind, input);
      const { ConditionExpression: _, ...free } = input;
      const { ':done': __, ...ExpressionAttributeValues } = input.ExpressionAttributeValues;
      return write.call(this, kind, { ...free, ExpressionAttributeValues });
    };
  },
};
