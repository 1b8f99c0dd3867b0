import { TwilioError } from '../channels/twilio/errors.ts';
import { HooklineError } from '../core/errors.ts';
import type { Ending } from './pending-turn.ts';

/** An ending that is decided while the reply is being sent; class permanent: no retry changes it. */
export class TurnEndedError extends HooklineError {
  override name = 'TurnEndedError';
  constructor(readonly ending: Ending) {
    super(`The turn ends without the rest of its reply: ${ending.rule}`, 'permanent');
  }
}

/** A person took over before the reply was out. The record names the reason already. */
export const TAKEN_OVER: Ending = { kind: 'hand_off', rule: 'hand_off', reason: 'hand_off_to_human' };

/** The user wants no messages. */
export const OPTED_OUT: Ending = { kind: 'opted_out', rule: 'opted_out' };

/** WhatsApp takes free text only within 24 hours of the user's last message (contract replies §12.4). */
export const WINDOW_CLOSED: Ending = {
  kind: 'window_closed',
  rule: 'window_closed',
  reason: 'The 24-hour window for free text is closed',
};

export const TURN_GUARD: Ending = {
  kind: 'hand_off',
  rule: 'turn_guard',
  reason: 'More turns within an hour than MAX_TURNS_PER_HOUR allows',
};

export const UNCLEAR_HELD: Ending = {
  kind: 'hand_off',
  rule: 'unclear_held',
  reason:
    'A part of the reply may or may not have been sent; SEND_AMBIGUITY_POLICY is hold, or Twilio lists too many to search',
};

export const TOO_MANY_PARTS: Ending = {
  kind: 'hand_off',
  rule: 'permanent:MAX_REPLY_PARTS',
  reason: 'The reply is longer than MAX_REPLY_PARTS messages',
};

/** The model asked for a person. */
export const handedOffByModel = (reason: string | undefined): Ending => ({
  kind: 'hand_off',
  rule: 'hand_off',
  reason: reason ?? 'The model asked for a person',
});

/** How a turn ends whose reply the model will never give. */
export function endingOfModelError(error: unknown): Ending {
  const code = errorCode(error);
  const rule = code === 'MODEL_OUTPUT_ERROR' ? 'model_output' : `permanent:${code}`;
  return { kind: 'hand_off', rule, reason: `The model gave no usable reply (${code})` };
}

/** Twilio's code for a closed window, where the create itself is refused with it. */
const WINDOW_CODE = '63016';

/** How a turn ends whose part Twilio refuses for good (contract replies §12.6). */
export function endingOfSendError(error: unknown): Ending {
  if (error instanceof TurnEndedError) return error.ending;
  const code = errorCode(error);
  if (error instanceof TwilioError && error.reason === 'opted_out') return { ...OPTED_OUT, setsOptOut: true };
  if (code === WINDOW_CODE) return WINDOW_CLOSED;
  return { kind: 'hand_off', rule: `permanent:${code}`, reason: `Twilio refused the reply (${code})` };
}

/** A hookline error's code; its name, or that of any other error, when it has none. */
export const errorCode = (error: unknown): string =>
  String(
    (error instanceof HooklineError ? error.code : undefined) ??
      (error instanceof Error ? error.name : 'UnknownError'),
  );
