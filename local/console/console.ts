import type { Webhook } from '../recordings/webhooks.ts';
import { MessageBook } from './book.ts';
import { deliver } from './deliver.ts';
import { EventStream } from './event-stream.ts';
import { FAULT_CHOICES, faultRule } from './faults.ts';
import type { Channel, ConsoleState, QueueDepth } from './model.ts';
import type { ConsoleBot } from './ports.ts';
import { USERS } from './users.ts';
import { watchBot } from './watch.ts';

/** The same webhook is needed again for a redelivery; older ones are forgotten with their messages. */
const MAX_WEBHOOKS = 200;

/** What a person does with the bots of a stand, and what comes of it. */
export class Console {
  private readonly stopping = new AbortController();
  private readonly stream = new EventStream();
  private readonly book = new MessageBook((message) => this.stream.send('message', message));
  private readonly webhooks = new Map<string, { readonly bot: ConsoleBot; readonly webhook: Webhook }>();
  private readonly depths = new Map<Channel, QueueDepth>();
  private readonly staleSince = new Map<Channel, number | undefined>();
  /** The menu's fault of each channel, and how often it is still to be played. */
  private readonly faults = new Map<Channel, { readonly id: string; readonly left: number }>();

  constructor(
    private readonly backend: string,
    readonly bots: readonly ConsoleBot[],
    private readonly hasReplies = false,
  ) {
    for (const bot of bots)
      watchBot({
        bot,
        book: this.book,
        isWatched: () => this.stream.listening > 0,
        onDepth: (depth) => this.setDepth(bot.channel, depth),
        onStale: (sinceMillis) => this.setStale(bot.channel, sinceMillis),
        onFault: () => this.faultPlayed(bot.channel),
        signal: this.stopping.signal,
      });
  }

  /** A page's connection, which first gets all that is known. */
  listen(): Response | undefined {
    const messages = this.book.all().map((message) => ['message', message] as const);
    return this.stream.open([['state', this.state()], ...messages]);
  }

  /** Writes a message as a user of the platform; resolves to its id at once. */
  write(bot: ConsoleBot, user: string, text: string): string {
    const atMillis = Date.now();
    const webhook = bot.webhook({ chatId: user, text, sentMillis: atMillis });
    const { id } = this.book.add({
      channel: bot.channel,
      user,
      text,
      eventId: webhook.eventId,
      atMillis,
    });
    this.webhooks.set(id, { bot, webhook });
    const oldest = this.webhooks.keys().next().value;
    if (this.webhooks.size > MAX_WEBHOOKS && oldest !== undefined) this.webhooks.delete(oldest);
    void deliver(bot, this.book, id, webhook, 'first');
    return id;
  }

  /** Posts a message's webhook once more; `forged` without the right signature. False: not known. */
  deliverAgain(id: string, forged: boolean): boolean {
    const known = this.webhooks.get(id);
    if (known) void deliver(known.bot, this.book, id, known.webhook, forged ? 'forged' : 'again');
    return known !== undefined;
  }

  /** Makes the platform fail in a way of the menu; undefined repairs it. False: no such way. */
  setFault({ channel, standIn }: ConsoleBot, id: string | undefined): boolean {
    const rule = id === undefined ? undefined : faultRule(channel, id);
    if (id !== undefined && !rule) return false;
    standIn.repair();
    this.faults.delete(channel);
    if (id !== undefined && rule) {
      standIn.fail(rule);
      this.faults.set(channel, { id, left: rule.times ?? 1 });
    }
    this.stateChanged();
    return true;
  }

  /** Brings the bot's dead letters back to work; resolves to how many went. */
  async redrive({ channel, cloud }: ConsoleBot): Promise<number> {
    const atMillis = Date.now();
    const isDead = (id: string) => this.book.get(id)?.state === 'dead';
    const dead = this.book.all().filter((message) => message.channel === channel && isDead(message.id));
    const count = await cloud.redrive();
    const title = 'Brought back from the dead-letter queue';
    // By now it may have been answered.
    for (const { id } of count > 0 ? dead : [])
      this.book.step(
        id,
        { atMillis, place: 'dead-letter', title, tone: 'info' },
        isDead(id) ? 'working' : undefined,
      );
    this.setDepth(channel, await cloud.depth());
    return count;
  }

  close(): void {
    this.stopping.abort();
    this.stream.close();
  }

  private state(): ConsoleState {
    return {
      backend: this.backend,
      hasReplies: this.hasReplies,
      bots: this.bots.map(({ channel, busyPolicy }) => ({
        channel,
        busyPolicy,
        users: USERS[channel],
        faults: FAULT_CHOICES,
        activeFault: this.faults.get(channel)?.id,
        depth: this.depths.get(channel) ?? {},
        staleSinceMillis: this.staleSince.get(channel),
      })),
    };
  }

  private stateChanged(): void {
    this.stream.send('state', this.state());
  }

  private setDepth(channel: Channel, depth: QueueDepth): void {
    const before = this.depths.get(channel);
    if (before?.waiting === depth.waiting && before?.deadLetters === depth.deadLetters) return;
    this.depths.set(channel, depth);
    this.stateChanged();
  }

  private setStale(channel: Channel, sinceMillis: number | undefined): void {
    if (this.staleSince.get(channel) === sinceMillis) return;
    this.staleSince.set(channel, sinceMillis);
    this.stateChanged();
  }

  private faultPlayed(channel: Channel): void {
    const fault = this.faults.get(channel);
    if (!fault) return;
    if (fault.left > 1) this.faults.set(channel, { ...fault, left: fault.left - 1 });
    else this.faults.delete(channel);
    this.stateChanged();
  }
}
