import type { StandInCall } from '../../../local/stand-ins/stand-in.ts';
import { aliasTarget } from '../../../runtime/bot/history-alias.ts';
import type { AwsCall, Fields } from '../../support/tap.ts';
import type { BotContainer as Container } from './container.ts';
import type { EventRecord, Invocation } from './observation.ts';
import { eventIdOf, type World } from './world.ts';

/** Sees every call and writes down what it means for the events. */
export class Watch {
  private runs = 0;
  private apologies = 0;

  constructor(private readonly world: World) {}

  /** The lock as the worker meets it. */
  before({ invocation }: Container, { name, input }: AwsCall): void {
    const { world } = this;
    if (!invocation || name !== 'UpdateItem') return;
    const key = keyOf(input);
    if (key.startsWith('evt:')) return;
    const item = world.dynamodb.item(key);
    const holder = world.invocations.get(item?.owner?.S?.split(':')[0] ?? '');
    const inUse = holder !== undefined && (holder.status !== 'ok' || holder.faultsAt.length > 0);
    const nowSeconds = Math.floor(world.clock.nowMillis() / 1000);
    invocation.lockSeen = item && { item, nowSeconds, inUse };
  }

  after({ invocation }: Container, { service, name, input }: AwsCall): void {
    if (!invocation) return;
    if (service === 'sqs' && name.startsWith('SendMessage')) this.queued(input);
    const isHistory = String(input.Key).startsWith('history/') && !isAlias(input.Body);
    if (service === 's3' && name === 'PutObject' && isHistory) this.decided(invocation, String(input.Key));
    if (service === 'dynamodb') this.marked(name, input);
  }

  private queued(input: AwsCall['input']): void {
    const entries = (input.Entries ?? [input]) as readonly Fields[];
    for (const { MessageBody } of entries) {
      const event = this.world.events.get(eventIdOf(MessageBody));
      if (event) event.queuedAt ??= this.world.next();
    }
    this.world.onQueued();
  }

  /** A save decides the turn of its chat about which the agent was asked last. */
  private decided({ turns }: Invocation, key: string): void {
    const { world } = this;
    // Where the alias is not ours, the history stands under the business-scoped id.
    const turn = turns.get(key.slice('history/'.length, -'.sqlite'.length).replace(/^US\./, ''));
    for (const event of turn?.events ?? [])
      event.decisions.push({ at: world.next(), run: turn?.run ?? 0, carrierId: turn?.carrierId ?? '' });
  }

  private marked(name: string, input: AwsCall['input']): void {
    const { world } = this;
    const [first] = (input.TransactItems ?? []) as readonly Fields[];
    const update = (name === 'TransactWriteItems' ? first?.Update : input) as Fields;
    const key = update.Key ? keyOf(update) : '';
    const event = world.events.get(key.split(':')[2] ?? '');
    if (!event) return;
    if (String(update.UpdateExpression).includes('error_told')) event.told += 1;
    for (const attribute of Object.keys(world.dynamodb.item(key) ?? {}))
      if (attribute.startsWith('accepted_')) {
        const part = Number(attribute.slice('accepted_'.length));
        if (!event.markedAt.has(part)) event.markedAt.set(part, world.next());
      }
  }

  /** The agent is asked about a turn, whose texts are the ids of its events. */
  asked({ invocation }: Container, { eventId: carrierId, text }: { eventId: string; text: string }) {
    const { world } = this;
    const events = text.split('\n').flatMap((id) => world.events.get(id) ?? []);
    const carrier = world.events.get(carrierId);
    if (!carrier || !invocation || events.at(-1) !== carrier)
      throw new Error(`The agent was asked about an unknown event ${carrierId}`);
    if (events.some(({ id }) => !invocation.eventIds.includes(id)))
      world.violations.push(`foreign: the turn of ${carrierId} holds what its worker was not given: ${text}`);
    const places = events.map(({ queuedAt }) => queuedAt ?? 0);
    if (places.some((place, index) => place < (places[index - 1] ?? 0)))
      world.violations.push(`order: the turn of ${carrierId} has its texts as ${events.map(({ id }) => id)}`);
    const run = ++this.runs;
    invocation.turns.set(carrier.chatId, { run, carrierId, events });
    for (const event of events) event.agentRuns.push({ at: world.next(), run, invocation });
    return { message: carrier.message, run };
  }

  /** A send begins. */
  sends({ invocation }: Container, text: string): void {
    const [carrierId = ''] = text.split('|');
    invocation?.sendsAt.push({ at: this.world.next(), carrierId });
  }

  /** The provider took a message. */
  accepted(container: Container, sent: StandInCall, unclear: boolean): void {
    const text = sent.text ?? '';
    if (!text.includes('|')) {
      this.apologised();
      return;
    }
    const { world } = this;
    const { invocation } = container;
    const [carrierId = '', run, part] = text.split('|');
    const event = world.events.get(carrierId);
    if (!event || !invocation || !this.mayAnswer(invocation, carrierId)) {
      world.violations.push(`foreign: a message was sent that belongs to no event of its worker: ${text}`);
      return;
    }
    world.note(`${invocation.requestId} ACCEPTED part ${part} of ${carrierId}`);
    event.accepted.push({ part: Number(part), run: Number(run), at: world.next(), invocation, unclear });
    world.onAccepted(event, Number(part), sent);
  }

  /** A worker answers for the events that it was given, and for the turns to which they belong. */
  private mayAnswer({ eventIds }: Invocation, carrierId: string): boolean {
    const { events } = this.world;
    return eventIds.some((id) => (events.get(id)?.decisions[0]?.carrierId ?? id) === carrierId);
  }

  /** The error text: no more of them than events that noted that their user is told. */
  private apologised(): void {
    const { events, violations } = this.world;
    this.apologies += 1;
    const told = [...events.values()].reduce((sum: number, event: EventRecord) => sum + event.told, 0);
    if (this.apologies > told) violations.push('told: the error text was sent without a mark');
  }
}

/** Storing an alias is no decision. */
const isAlias = (body: unknown) => body instanceof Uint8Array && aliasTarget(body) !== undefined;

const keyOf = (input: Fields): string => String((input.Key as Fields).user_id.S);
