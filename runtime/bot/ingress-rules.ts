import type { IncomingEvent, SkippedEvent } from '../channels/channel.ts';
import type { CallbackData } from '../channels/content.ts';
import { KINDS } from '../channels/kinds.ts';
import { quoteOf, topicOf } from '../channels/telegram/place.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonRecord } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { BotConfig } from './config.ts';
import { readJobMessage, readWebhookBody, toJob } from './incoming.ts';
import type { Job } from './job.ts';
import { eventLogFields, loggedEventId } from './log-fields.ts';
import type { NoticeBook } from './notice.ts';
import type { RateMemory } from './rate-memory.ts';

/** What the front hop decides by. */
export interface RulePorts {
  readonly config: BotConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly traceparent: string;
  /** What this container remembers from webhook to webhook. */
  readonly memory: { readonly rate: RateMemory; readonly notices: NoticeBook };
  /** The bot's name on Telegram; asked only when a group message needs it. */
  botUsername(): Promise<string>;
}

/** What a webhook body asks for. */
export interface SortedEvents {
  readonly turns: readonly Job[];
  readonly notices: readonly Job[];
  /** The call that Telegram makes when it stands in the answer (contract bot §17.4). */
  readonly method?: BotApiMethod;
}

type BotApiMethod = { readonly method: string } & JsonRecord;

/** Why an event gets no turn (contract bot §6.8). */
type Rule = SkippedEvent['rule'] | 'not_allowed' | 'group_policy' | 'too_old' | 'rate_limited';

/** The jobs to hand over. Each event that gets no turn leaves a log line with the rule that ignored it. */
export async function sortEvents(body: JsonRecord, ports: RulePorts): Promise<SortedEvents> {
  const { config, clock, memory, traceparent } = ports;
  const { events, skipped } = readWebhookBody(config, body, clock.nowMillis());
  const turns: IncomingEvent[] = [];
  const notices: Job[] = [];
  for (const event of events) {
    const rule = (await ignoringRule(event, ports)) ?? rateRule(event, ports);
    if (!rule) turns.push(event);
    else logIgnored(event, rule, ports);
    if (rule === 'rate_limited') notices.push(...memory.notices.jobsFor(event, rule, ports));
  }
  const told: IncomingEvent[] = [];
  for (const { eventId, rule, event } of skipped) {
    const stricter = event && (await ignoringRule(event, ports));
    logIgnored({ eventId, ...event }, stricter ?? rule, ports);
    if (!event || stricter) continue;
    const jobs = memory.notices.jobsFor(event, 'unsupported', ports);
    if (jobs.length > 0) told.push(event);
    if (config.botType === 'whatsapp') notices.push(...jobs);
  }
  const method = config.botType === 'telegram' ? methodOf({ events, turns, told }, config) : undefined;
  return {
    turns: turns.map((event) => toJob(config, event, traceparent)),
    notices,
    ...(method && { method }),
  };
}

function logIgnored(
  event: Pick<IncomingEvent, 'eventId'> & Partial<IncomingEvent>,
  rule: Rule,
  { config, log }: RulePorts,
): void {
  log.info('event_ignored', {
    event_id: loggedEventId(config.botType, event.eventId, config),
    ...(isWhole(event) && eventLogFields(event, config)),
    rule,
  });
}

const isWhole = (event: Partial<IncomingEvent>): event is IncomingEvent => event.message !== undefined;

/** The rule that ignores an event on arrival, if there is one. */
async function ignoringRule(event: IncomingEvent, ports: RulePorts): Promise<Rule | undefined> {
  const { config, clock } = ports;
  if (!isAllowed(event, config)) return 'not_allowed';
  // What the platform itself tells was said to nobody, and counts whenever it comes.
  if (isByPlatform(event)) return undefined;
  if (!(await passesGroupPolicy(event, ports))) return 'group_policy';
  const oldestMillis = clock.nowMillis() - (config.maxMessageDelaySeconds ?? Number.POSITIVE_INFINITY) * 1000;
  return Date.parse(event.sentAt) < oldestMillis ? 'too_old' : undefined;
}

const isByPlatform = ({ message: { kind } }: IncomingEvent) => kind === 'system' || kind === 'blocked';

function rateRule(event: IncomingEvent, { config, memory }: RulePorts): Rule | undefined {
  if (isByPlatform(event) || memory.rate.passes(event, config.ingressRatePerMinute)) return undefined;
  return 'rate_limited';
}

function isAllowed({ chatId, userId, message }: IncomingEvent, { allowedUsers }: BotConfig): boolean {
  const ids = [chatId, userId, ...(message.userAliases ?? [])];
  return allowedUsers.length === 0 || ids.some((id) => allowedUsers.includes(id));
}

async function passesGroupPolicy({ message, payload }: IncomingEvent, ports: RulePorts): Promise<boolean> {
  const { config, botUsername } = ports;
  const { group } = message;
  if (!group || config.groupPolicy === 'all') return true;
  if (config.groupPolicy === 'off') return false;
  if (group.isAddressed !== undefined) return group.isAddressed;
  const telegram = { ...config.telegram, username: await botUsername() };
  return readJobMessage({ ...config, telegram }, payload).group?.isAddressed === true;
}

/** Which call stands in the answer: the button's, the notice's, or the typing sign while a reply is made. */
function methodOf(
  { events, turns, told }: Readonly<Record<'events' | 'turns' | 'told', readonly IncomingEvent[]>>,
  config: BotConfig,
): BotApiMethod | undefined {
  // An ignored press is answered as well, or the button would spin.
  const [pressed] = events.filter(({ message }) => message.kind === 'callback');
  if (pressed) return { method: 'answerCallbackQuery', callback_query_id: callbackId(pressed) };
  const [author] = told;
  if (author) {
    const { chatId, payload, message } = author;
    const place = { ...topicOf(payload), ...(message.group && quoteOf(message.messageId)) };
    return { method: 'sendMessage', chat_id: chatId, text: config.messages.unsupported, ...place };
  }
  const [answered] = turns.filter(({ message }) => KINDS[message.kind] === 'answered');
  if (!answered || !config.typingIndicator) return undefined;
  const { chatId, payload } = answered;
  return { method: 'sendChatAction', chat_id: chatId, action: 'typing', ...topicOf(payload) };
}

const callbackId = ({ message }: IncomingEvent) => (message.data as CallbackData).id;
