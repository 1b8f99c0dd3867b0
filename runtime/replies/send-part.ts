import type { ChannelNet } from '../channels/http.ts';
import type { TwilioAccount } from '../channels/twilio/account.ts';
import { TwilioError } from '../channels/twilio/errors.ts';
import { listMessages, MAX_LISTED } from '../channels/twilio/list.ts';
import { sendText } from '../channels/twilio/send.ts';
import { statusCallbackUrl } from '../channels/twilio/status.ts';
import { HooklineError, SendError } from '../core/errors.ts';
import { TurnEndedError, UNCLEAR_HELD, WINDOW_CLOSED } from './ending.ts';
import { RepliesError } from './errors.ts';
import type { RepliesJournal } from './journal.ts';
import type { JournalPorts } from './journal-ports.ts';
import { createdSinceMillis, findSent, type UnclearPart } from './reconcile.ts';
import type { Conversation } from './record.ts';
import { timeMillis } from './record.ts';
import { settledAtMillis } from './retry-delay.ts';
import { isWindowClosed } from './stop-rules.ts';

export interface SendInput {
  readonly journal: RepliesJournal;
  readonly ports: JournalPorts;
  readonly net: ChannelNet;
  /** The company's Twilio account; `fresh`: the last one was refused, so its secret is read anew. */
  account(fresh?: boolean): Promise<TwilioAccount>;
  /** When the function ends, milliseconds since 1970. */
  readonly deadlineMillis: number;
}

/** What must be left of the function's time beside the call itself (contract replies §5.4). */
export const STEP_MARGIN_MILLIS = 15_000;

/**
 * Gets one part accepted by Twilio; resolves to its sid. A part whose outcome is unclear is looked for first, and
 * sent again only when it is not there and the policy allows it (contract replies §12.5).
 */
export async function sendPart(text: string, number: number, input: SendInput): Promise<string> {
  const account = await input.account();
  const { sendStartedAt, unclearSince } = input.journal.turn.parts[number - 1] ?? {};
  const startedAt = timeMillis(sendStartedAt);
  if (startedAt !== undefined) {
    if (input.ports.clock.nowMillis() < settledAtMillis(startedAt)) throw tooEarly();
    const part = { text, sendStartedMillis: timeMillis(unclearSince) ?? startedAt };
    const sid = await settle(part, number, account, input);
    if (sid !== undefined) return sid;
  }
  return create(text, number, account, input);
}

const tooEarly = () =>
  new SendError('The outcome of a send is unclear, and Twilio cannot be asked yet', 'unclear', {
    code: 'SEND_UNCLEAR',
  });

async function settle(
  part: UnclearPart,
  number: number,
  account: TwilioAccount,
  input: SendInput,
): Promise<string | undefined> {
  const { journal, ports, net } = input;
  const deadlineMillis = callDeadline(input);
  const query = { ...addresses(journal.conversation), createdSinceMillis: createdSinceMillis(part) };
  const listed = await listMessages(net, account, query, { deadlineMillis });
  ports.metrics.count('AmbiguousSend');
  // What was not looked at may hold the message: to send it again could be a second reply.
  const isCut = listed.length >= MAX_LISTED;
  const isHeld = isCut || ports.config.ambiguityPolicy === 'hold';
  const found = findSent(listed, part, knownSids(journal));
  const sid = found ?? (isHeld ? await journal.toldSid(number) : undefined);
  noteSettled(
    sid !== undefined ? 'unclear_adopted' : isHeld ? 'unclear_held' : 'unclear_resent',
    number,
    input,
    sid,
  );
  if (sid === undefined && isHeld) throw new TurnEndedError(UNCLEAR_HELD);
  return sid;
}

function noteSettled(rule: string, part: number, { journal, ports }: SendInput, sid?: string): void {
  if (sid !== undefined) ports.metrics.count('DuplicateSendAvoided');
  journal.settledRule = rule;
  journal.log.warn('part_settled', { part, rule, ...(sid !== undefined && { message_sid: sid }) });
}

/** Sids of whatever the record says was sent. */
function knownSids({ conversation, turn }: RepliesJournal): ReadonlySet<string> {
  const entries = conversation.entries.flatMap(({ messageId, partSids }) => [messageId ?? '', ...partSids]);
  return new Set([...entries, ...turn.parts.flatMap((part) => part.sid ?? [])]);
}

async function create(
  body: string,
  number: number,
  account: TwilioAccount,
  input: SendInput,
): Promise<string> {
  const { journal, ports, net } = input;
  if (isWindowClosed(journal.turn, ports.clock.nowMillis())) throw new TurnEndedError(WINDOW_CLOSED);
  const statusUrl = ports.config.statusCallbackUrl;
  const mark = { turnId: journal.turn.turnId, part: number };
  const text = {
    ...addresses(journal.conversation),
    body,
    ...(statusUrl !== undefined && { statusCallback: statusCallbackUrl(statusUrl, mark) }),
  };
  callDeadline(input);
  const told = await journal.begin(number);
  if (told !== undefined) {
    noteSettled('unclear_adopted', number, input, told);
    return told;
  }
  const options = () => ({ deadlineMillis: callDeadline(input) });
  try {
    return await sendText(net, account, text, options());
  } catch (error) {
    if (!(error instanceof HooklineError)) throw unexpected(error);
    if (!(error instanceof TwilioError) || error.reason !== 'credentials') throw error;
    const fresh = await input.account(true);
    if (isSameAccount(fresh, account)) throw error;
    return sendText(net, fresh, text, options());
  }
}

/** Nobody knows how far the call got when it failed in a way that nobody foresaw. */
const unexpected = (error: unknown) =>
  new SendError('A send failed in an unexpected way', 'unclear', { code: 'SEND_UNCLEAR', cause: error });

const isSameAccount = (a: TwilioAccount, b: TwilioAccount): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function addresses({ companyAddress, userAddress }: Conversation) {
  if (companyAddress === undefined)
    throw new RepliesError(
      'MISSING_CREDENTIAL_CONFIG',
      'The conversation has no company_whatsapp_number in its channel_config: set it, then redrive the trigger',
      'hold',
    );
  return { from: companyAddress, to: userAddress };
}

/** Until when a call to Twilio may take. Throws transient when too little of the function's time is left. */
function callDeadline({ ports, net, deadlineMillis }: SendInput): number {
  const end = ports.clock.nowMillis() + net.timeoutSeconds * 1000;
  if (end + STEP_MARGIN_MILLIS <= deadlineMillis) return end;
  throw timeBudgetError('a call to Twilio');
}

/** Too little is left of the function's time for a step. */
export const timeBudgetError = (step: string): HooklineError =>
  new RepliesError('TIME_BUDGET', `Too little of the function's time is left for ${step}`, 'transient');
