import { type ErrorClass, SendError } from '../../core/errors.ts';
import type { Sender, SendTarget } from '../channel.ts';
import { type ChannelNet, type ProviderAnswer, postJson, sendWithRetry } from '../http.ts';
import { parseWhatsappMessage, receivingNumberOf } from './parse.ts';

export interface WhatsappAccount {
  readonly token: string;
  readonly phoneNumberId: string;
  readonly graphVersion: string;
  /** Without a trailing slash. */
  readonly graphUrl: string;
}

/** Sends by the Graph API, `POST /<version>/<phone-number-id>/messages`. */
export function whatsappSender(net: ChannelNet, account: WhatsappAccount): Sender {
  // The number that a message was sent to answers it (contract bot §9.5); the ingress let no foreign one pass.
  const urlFor = ({ payload }: SendTarget) =>
    `${account.graphUrl}/${account.graphVersion}/${receivingNumberOf(payload) ?? account.phoneNumberId}/messages`;
  const headers = { authorization: `Bearer ${account.token}` };
  return {
    settlesLater: true,
    send: (part, target) =>
      sendWithRetry(net, target, async () => {
        if (part.type !== 'text')
          throw new SendError(
            `The reply has a part of type "${part.type}", which cannot be sent yet`,
            'permanent',
          );
        const body = {
          messaging_product: 'whatsapp',
          ...addressOf(target),
          type: 'text',
          text: { body: part.text },
          biz_opaque_callback_data: target.callbackData,
        };
        return messageId(
          await postJson(net, urlFor(target), body, { headers, deadlineMillis: target.deadlineMillis }),
        );
      }),
  };
}

// Business-scoped user ids look like `US.13491208655302741918`; phone numbers are digits (contract bot §9.3).
const BUSINESS_SCOPED_ID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

/** A message that came from a group is answered in the group (contract bot §9.3). */
function addressOf({ chatId, payload }: SendTarget) {
  if (parseWhatsappMessage(payload).group?.id === chatId) return { recipient_type: 'group', to: chatId };
  const isBusinessScoped = BUSINESS_SCOPED_ID.test(chatId);
  return { recipient_type: 'individual', ...(isBusinessScoped ? { recipient: chatId } : { to: chatId }) };
}

/** The accepted message's id, or what the refusal means. */
function messageId({ status, body, retryAfterSeconds }: ProviderAnswer): string {
  const messages = body?.messages as readonly { readonly id?: unknown }[] | undefined;
  const id = messages?.[0]?.id;
  if (status < 300 && typeof id === 'string') return id;
  const error = body?.error as { readonly code?: number; readonly message?: string } | undefined;
  const code = error?.code ?? status;
  const details = { code, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  throw new SendError(
    `WhatsApp did not accept the message: ${status}, code ${code}`,
    classify(status, error),
    details,
  );
}

// "Too many": application, business account, number, pair of numbers, spam (contract bot §16.9).
const RATE_CODES = new Set([4, 80007, 130429, 131048, 131056]);
// An operator can mend these: permission, expired token, policy block, access, account, payment, registration.
const HOLD_CODES = new Set([10, 190, 368, 131005, 131031, 131042, 131045, 133010]);

function classify(status: number, error: { readonly code?: number } | undefined): ErrorClass {
  if (status === 401 || (error?.code !== undefined && HOLD_CODES.has(error.code))) return 'hold';
  if (status === 429 || (error?.code !== undefined && RATE_CODES.has(error.code))) return 'transient';
  if (status >= 500) return error ? 'transient' : 'unclear';
  if (status >= 400) return error ? 'permanent' : 'hold'; // not Graph's own words: a proxy or a wrong address
  return 'unclear'; // it said yes, but not what it accepted
}
