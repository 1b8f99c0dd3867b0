/** A way for a platform to fail. `accept: true` = it did what was asked all the same. */
export type Fault =
  /** An error answer of the platform: its own `code` in its usual words, or any `status` and `body`. */
  | {
      readonly kind: 'refuse';
      readonly code?: number;
      readonly status?: number;
      readonly body?: Readonly<Record<string, unknown>>;
    }
  /** 429 in the platform's own form. */
  | { readonly kind: 'throttle'; readonly retryAfterSeconds: number }
  /** A 5xx answer, default 500: with the platform's error object (it was not done) or with an empty one. */
  | {
      readonly kind: 'broken';
      readonly status?: number;
      readonly platformObject: boolean;
      readonly accept?: boolean;
    }
  /** A page of a proxy in between, default 502. */
  | { readonly kind: 'html'; readonly status?: number; readonly accept?: boolean }
  /** No answer until the caller gives up. */
  | { readonly kind: 'hang'; readonly accept?: boolean }
  /** Done, then the connection breaks. */
  | { readonly kind: 'lose-answer' }
  /** The connection is refused: the request never left. */
  | { readonly kind: 'unreachable' }
  /** No fault for this call; for "the second call fails". */
  | { readonly kind: 'pass' };

/**
 * A fault and the calls it is meant for: the next one, or the next `times`, of a method or a chat. Signs of
 * typing and reading meet only faults that name their method: nothing is promised of them.
 */
export type FaultRule = Fault & {
  /** Default 1. */
  readonly times?: number;
  readonly method?: string;
  readonly chatId?: string;
};

/** An HTTP answer before it is written out. */
export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly html?: string;
  readonly bytes?: { readonly content: Uint8Array; readonly mimeType: string };
  readonly headers?: Readonly<Record<string, string>>;
}

const SIGNS: ReadonlySet<string> = new Set(['typing', 'read', 'sendChatAction']);

/** The first fault that fits the call, and the rules that remain. */
export function takeFault(
  rules: readonly FaultRule[],
  call: { readonly method: string; readonly chatId: string },
): { readonly fault: Fault | undefined; readonly rules: FaultRule[] } {
  const isSign = SIGNS.has(call.method);
  const index = rules.findIndex(
    (rule) =>
      (rule.method === undefined ? !isSign : rule.method === call.method) &&
      (rule.chatId === undefined || rule.chatId === call.chatId),
  );
  const fault = rules[index];
  if (!fault) return { fault: undefined, rules: [...rules] };
  const times = (fault.times ?? 1) - 1;
  const rest = rules.flatMap((rule, at) => (at !== index ? [rule] : times > 0 ? [{ ...rule, times }] : []));
  return { fault, rules: rest };
}

/** What the global `fetch` throws when a connection fails. */
export function connectionError(code: 'ECONNRESET' | 'ECONNREFUSED'): TypeError {
  const text = code === 'ECONNRESET' ? 'read ECONNRESET' : 'connect ECONNREFUSED 127.0.0.1:443';
  return new TypeError('fetch failed', { cause: Object.assign(new Error(text), { code }) });
}
