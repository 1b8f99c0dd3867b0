import type { Webhook, WebhookOptions } from '../recordings/webhooks.ts';
import type { StandIn } from '../stand-ins/stand-in.ts';
import type { Channel, HistoryView, QueueDepth } from './model.ts';

/** A log line of one of the bot's functions. */
export interface LogRecord {
  /** Milliseconds since 1970, as the log service has it. */
  readonly atMillis: number;
  readonly text: string;
  /** Tells two equal lines apart. */
  readonly stream: string;
}

/** What the console reads from the bot's AWS resources, and the one thing it does there. */
export interface BotCloud {
  /** Lines of both functions that the log service took in at this time or later. */
  logsSince(millis: number): Promise<readonly LogRecord[]>;
  depth(): Promise<QueueDepth>;
  /** Trace ids of the jobs in the dead-letter queue; looks, takes nothing. */
  deadTraceIds(): Promise<readonly string[]>;
  history(chatId: string): Promise<HistoryView | undefined>;
  /** Brings dead letters back to work; resolves to how many went. */
  redrive(): Promise<number>;
}

/** A bot that runs on the local stand. */
export interface ConsoleBot {
  readonly channel: Channel;
  readonly busyPolicy: string;
  /** Where webhooks are posted: the emulator's API. */
  readonly webhookUrl: string;
  readonly standIn: StandIn;
  readonly cloud: BotCloud;
  /** A text message in the platform's form, with its signature or secret. */
  webhook(options: WebhookOptions): Webhook;
}
