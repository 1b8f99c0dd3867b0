import { type ErrorClass, SendError } from '../../core/errors.ts';
import { BLOCKED_CODE } from '../channel.ts';
import type { ProviderAnswer } from '../http.ts';

export interface BotApiAnswer {
  readonly ok?: boolean;
  readonly result?: unknown;
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: { readonly retry_after?: number };
}

/** The accepted message's id, or what the refusal means. */
export function messageId(answer: ProviderAnswer): string {
  const { result } = (answer.body ?? {}) as BotApiAnswer;
  const id = (result as { readonly message_id?: number } | undefined)?.message_id;
  if (isOk(answer) && id !== undefined) return String(id);
  throw refused(answer);
}

/** Throws unless the Bot API did it. */
export function checkDone(answer: ProviderAnswer): void {
  if (!isOk(answer)) throw refused(answer);
}

const isOk = ({ body }: ProviderAnswer) => (body as BotApiAnswer | undefined)?.ok === true;

function refused({ status, body, retryAfterSeconds }: ProviderAnswer): SendError {
  const answer = body as BotApiAnswer | undefined;
  const code = answer?.error_code ?? status;
  const pause = answer?.parameters?.retry_after ?? retryAfterSeconds;
  const isBlocked = code === 403 && /blocked|kicked|deactivated/.test(answer?.description ?? '');
  const details = {
    code: isBlocked ? BLOCKED_CODE : code,
    ...(pause !== undefined && { retryAfterSeconds: pause }),
  };
  return new SendError(`Telegram did not accept the message: code ${code}`, classify(code, answer), details);
}

function classify(code: number, answer: BotApiAnswer | undefined): ErrorClass {
  const ownAnswer = answer?.ok === false;
  if (code === 401) return 'hold';
  if (code === 404) return 'hold'; // the Bot API's word for a token it does not know
  if (code === 429) return 'transient';
  if (code >= 500) return ownAnswer ? 'transient' : 'unclear';
  if (code >= 400) return ownAnswer ? 'permanent' : 'hold'; // not the Bot API's own words: a proxy
  return 'unclear'; // it said yes, but not what it accepted
}
