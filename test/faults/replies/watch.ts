import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { TwilioMessage } from '../../../local/stand-ins/twilio-messages.ts';
import { type Item, plainItem } from '../../../runtime/core/dynamodb-values.ts';
import { asList, asRecord, type JsonRecord } from '../../../runtime/core/json.ts';
import { TABLES } from '../../runtime/replies/tables.ts';
import { CHANNEL_QUEUE } from '../../runtime/replies/world-setup.ts';
import type { AwsCall, Fields } from '../../support/tap.ts';
import type { RepliesContainer } from './container.ts';
import { purposeOf } from './network.ts';
import { type Chat, type Invocation, Turn } from './observation.ts';
import { conversationId } from './settings.ts';
import type { World } from './world.ts';

const known = (item: Readonly<Record<string, AttributeValue | undefined>>): Item =>
  Object.fromEntries(
    Object.entries(item).filter((entry): entry is [string, AttributeValue] => entry[1] !== undefined),
  );

/** Sees every call and writes down what it means for messages and turns. */
export class Watch {
  private runs = 0;

  constructor(private readonly world: World) {}

  after({ invocation }: RepliesContainer, call: AwsCall): void {
    if (!invocation) return;
    const { service, name, input } = call;
    if (service === 'sqs') this.world.onQueued();
    if (service === 'sqs' && name === 'SendMessage') this.queued(invocation, input);
    if (service !== 'dynamodb') return;
    if (input.TableName === TABLES.stage && name === 'PutItem') this.staged(input.Item as Fields);
    if (name === 'GetItem' && input.TableName === TABLES.conversations) this.sawRecord(invocation, input);
    const isRecord = name === 'TransactWriteItems' || input.TableName === TABLES.conversations;
    if (isRecord && (name === 'UpdateItem' || name === 'TransactWriteItems'))
      this.recordWritten(invocation, name === 'UpdateItem' ? input : undefined);
  }

  private queued({ requestId, hop, sawLeased }: Invocation, { QueueUrl, MessageBody }: Fields): void {
    const { world } = this;
    if (QueueUrl !== CHANNEL_QUEUE || hop !== 'sweeper') return;
    const { conversation_id } = JSON.parse(MessageBody) as { conversation_id: string };
    if (sawLeased.has(conversation_id))
      world.violations.push(`sweeper: ${requestId} woke a worker for a conversation that is worked on`);
  }

  private staged(item: Fields): void {
    const row = plainItem(item);
    const inbound = this.world.inbound.get(String(row.message_sid));
    if (!inbound || inbound.route !== undefined) return;
    inbound.route = String(row.route);
    inbound.receivedAt = String(row.received_at);
    inbound.receivedSeq = String(row.received_seq);
  }

  private sawRecord({ hop, sawLeased }: Invocation, { Key }: Fields): void {
    if (hop !== 'sweeper') return;
    const item = this.world.dynamodb.item(
      [Key.primary_channel.S, Key.conversation_id.S],
      TABLES.conversations,
    );
    const expires = Number(item?.lock_expires_at?.N ?? 0);
    const isLeased = item?.conversation_status?.S === 'processing_reply';
    if (isLeased && expires * 1000 > this.world.clock.nowMillis()) sawLeased.add(Key.conversation_id.S);
  }

  /** Compares every record with what was known of it. */
  private recordWritten(invocation: Invocation, input: AwsCall['input'] | undefined): void {
    const isBegin = input !== undefined && purposeOf(input) === 'begin';
    for (const chat of this.world.chats.values()) {
      const key = input ? String((input.Key as Fields).conversation_id.S) : undefined;
      if (key !== undefined && key !== conversationId(chat.number)) continue;
      if (key !== undefined && invocation.hop === 'worker') invocation.chat = chat.number;
      this.compare(chat, isBegin);
    }
  }

  private compare(chat: Chat, isBegin: boolean): void {
    const { pending_turn, opted_out, hand_off_to_human } = this.world.record(chat.number);
    const data = plainItem(known({ pending_turn, opted_out, hand_off_to_human }));
    const isOut = data.opted_out === true;
    if (isOut && !chat.isOptedOut) chat.optOuts += 1;
    chat.isOptedOut = isOut;
    const pending = asRecord(data.pending_turn);
    const last = chat.turns.at(-1);
    if (last && last.endedAt === undefined && last.id !== pending.turn_id) last.endedAt = this.world.next();
    if (pending.turn_id === undefined) return;
    const turn =
      last?.id === pending.turn_id && last.endedAt === undefined ? last : this.newTurn(chat, pending);
    this.compareTurn(turn, pending, isBegin ? data : undefined);
  }

  private newTurn({ number, turns }: Chat, { turn_id, message_sids }: JsonRecord): Turn {
    const { violations } = this.world;
    if (turns.some(({ id }) => id === turn_id)) violations.push(`decided: turn ${turn_id} began anew`);
    const turn = new Turn(String(turn_id), number, asList(message_sids).map(String), this.world.next());
    turns.push(turn);
    return turn;
  }

  /** `begun`: the record, if this write begins a send. */
  private compareTurn(turn: Turn, pending: JsonRecord, begun: JsonRecord | undefined): void {
    const { world } = this;
    if (pending.state !== 'collected') {
      const reply = String(pending.reply_text ?? '');
      if (turn.reply !== undefined && turn.reply !== reply)
        world.violations.push(`decided: turn ${turn.id} was decided a second time`);
      turn.reply = reply;
      turn.decidedAt ??= world.next();
    }
    turn.ending = pending.hand_off ? asRecord(pending.hand_off) : undefined;
    const parts = asList(pending.parts).map(asRecord);
    turn.parts = parts.map(({ text }) => String(text));
    if (!begun) return;
    const part = parts.findIndex(({ sid, send_started_at }) => !sid && send_started_at) + 1;
    turn.begunAt.set(part, world.next());
    if (begun.opted_out === true)
      world.violations.push(`opted-out: part ${part} of ${turn.id} was begun all the same`);
    if (begun.hand_off_to_human === true && turn.ending === undefined)
      world.violations.push(`taken-over: part ${part} of ${turn.id} was begun beside a person`);
  }

  /** The model is asked about the turn of the conversation whose lease its worker took. */
  asked({ invocation }: RepliesContainer, messages: readonly Fields[]) {
    const { world } = this;
    const text = String(messages.at(-1)?.content ?? '');
    const chat = world.chats.get(invocation?.chat ?? 0);
    const turn = chat?.turns.findLast(({ sids }) => this.textOf(sids) === text);
    const last = world.inbound.get(turn?.sids.at(-1) ?? '');
    if (!invocation || !chat || !turn || !last) {
      world.violations.push(`foreign: the model was asked about what is no turn: ${text}`);
      throw new Error(`The model was asked about what is no turn: ${text}`);
    }
    // Who stood still cannot know; the fence keeps what it hears out of the record.
    if (turn.decidedAt !== undefined && invocation.frozenAt < 0)
      world.violations.push(`decided: the model was asked again for ${turn.id} after its reply was stored`);
    this.runs += 1;
    return { message: last.message, run: this.runs };
  }

  /** Messages as the model is to get them. */
  private textOf(sids: readonly string[]): string {
    const lines = sids.flatMap((sid) => {
      const { text, message } = this.world.inbound.get(sid) ?? {};
      return [text, ...(message?.kind === 'media' ? ['[media image/jpeg]'] : [])];
    });
    return lines.join('\n');
  }

  /** Twilio took a message. */
  accepted(
    { invocation }: RepliesContainer,
    { sid, to, body, statusCallback, createdMillis }: TwilioMessage,
  ): void {
    const { world } = this;
    const chat = world.chats.get(Number(to.slice(-1)));
    if (!invocation || !chat) throw new Error(`A message went to nobody: ${to}`);
    world.note(`${invocation.requestId} ACCEPTED ${sid.slice(-6)} ${body.slice(0, 20).trim()}`);
    if (invocation.hop === 'webhook') {
      chat.confirmations += 1;
      return;
    }
    const query = new URL(statusCallback ?? 'https://none.example').searchParams;
    const [turnId, part] = [query.get('turn'), Number(query.get('part'))];
    const turn = chat.turns.find(({ id }) => id === turnId);
    if (!turn || turn.parts[part - 1] !== body) {
      world.violations.push(`foreign: a text was sent that is no stored part of its turn ${turnId}`);
      return;
    }
    this.checkLease(invocation, chat, turn, part);
    const begunBefore = turn.begunAt.get(part) ?? 0;
    turn.accepted.push({
      part,
      sid,
      text: body,
      at: world.next(),
      atMillis: createdMillis,
      invocation,
      begunBefore,
    });
    world.onAccepted(sid);
  }

  /** Who sends has the lease, unless its process stood still since it looked. */
  private checkLease({ requestId, frozenAt }: Invocation, chat: Chat, turn: Turn, part: number): void {
    const { world } = this;
    const { lock_owner, lock_expires_at } = world.record(chat.number);
    const isHeld =
      lock_owner?.S?.startsWith(`${requestId}:`) &&
      Number(lock_expires_at?.N ?? 0) * 1000 > world.clock.nowMillis();
    if (isHeld || frozenAt > (turn.begunAt.get(part) ?? 0)) return;
    world.violations.push(`lease: ${requestId} sent part ${part} of ${turn.id} without the lease`);
  }
}
