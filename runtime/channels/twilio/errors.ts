import { type ErrorClass, type ErrorDetails, SendError } from '../../core/errors.ts';
import type { ProviderAnswer } from '../http.ts';

/** What a refusal is about, where the class alone does not say what to do. */
export type TwilioReason =
  | 'credentials'
  | 'rate_limited'
  | 'server'
  | 'invalid_recipient'
  | 'opted_out'
  | 'sender'
  | 'too_long'
  | 'refused';

/** Twilio did not accept a message. `code` is Twilio's own, or the HTTP status where it gave none. */
export class TwilioError extends SendError {
  override name = 'TwilioError';
  constructor(
    message: string,
    errorClass: ErrorClass,
    readonly reason: TwilioReason,
    details?: ErrorDetails,
  ) {
    super(message, errorClass, details);
  }
}

const REASONS: ReadonlyMap<number, TwilioReason> = new Map([
  [20003, 'credentials'],
  [20429, 'rate_limited'],
  [21211, 'invalid_recipient'],
  [21614, 'invalid_recipient'],
  [63003, 'invalid_recipient'],
  [21610, 'opted_out'],
  [21408, 'sender'],
  [21606, 'sender'],
  [21603, 'sender'],
  [63007, 'sender'],
  [21617, 'too_long'],
  [21658, 'too_long'],
]);

const CLASSES: Readonly<Record<TwilioReason, ErrorClass>> = {
  credentials: 'hold',
  rate_limited: 'transient',
  // It may have been accepted all the same, and Twilio knows no idempotency key: ask its list.
  server: 'unclear',
  invalid_recipient: 'permanent',
  opted_out: 'permanent',
  sender: 'hold',
  // Worth one more split; what is refused then as well is refused for good.
  too_long: 'permanent',
  refused: 'permanent',
};

/** What an answer to a create that is not a "yes" means (contract replies §12.6). */
export function refused({ status, body, retryAfterSeconds }: ProviderAnswer): TwilioError {
  const given = typeof body?.code === 'number' ? body.code : undefined;
  const reason = reasonOf(status, given);
  const code = given ?? status;
  const details = { code, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  const message = `Twilio did not accept the message: ${status}, code ${code}`;
  return new TwilioError(message, CLASSES[reason], reason, details);
}

function reasonOf(status: number, code: number | undefined): TwilioReason {
  if (status >= 500 || code === 20500 || code === 20503) return 'server';
  const known = code === undefined ? undefined : REASONS.get(code);
  if (known) return known;
  if (status === 401) return 'credentials';
  if (status === 429) return 'rate_limited';
  // A yes without a sid, or a gateway that gave up waiting: nothing says that it was not done.
  return status >= 400 && status !== 408 ? 'refused' : 'server';
}

/** What to do about a message that Twilio accepted and could not deliver. */
export interface DeliveryFault {
  /**
   * `window_closed`: 24 hours are over. `permanent`: a person takes over. `hold`: an operator can mend it. `hand_off`:
   * not known here, or one that may pass (63018, 63010, 63012, 30500); recorded, and a person takes over, as nothing is
   * sent again by itself.
   */
  readonly action: 'window_closed' | 'permanent' | 'hold' | 'hand_off';
}

const DELIVERY: ReadonlyMap<number, DeliveryFault['action']> = new Map([
  [63016, 'window_closed'],
  [63003, 'permanent'],
  [63024, 'permanent'],
  [63013, 'permanent'],
  [63005, 'permanent'],
  [63014, 'permanent'],
  [63038, 'hold'],
]);

/** What the error code of a status callback means (contract replies §12.6); none given is one not known. */
export const deliveryFaultOf = (code: number | undefined): DeliveryFault => ({
  action: (code === undefined ? undefined : DELIVERY.get(code)) ?? 'hand_off',
});
