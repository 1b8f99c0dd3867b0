import type { RepliesStandIns } from '../../replies/stand-ins.ts';
import type { FaultRule } from '../../stand-ins/fault.ts';
import { RESPONSES_FAULTS } from '../../stand-ins/openai-responses.ts';
import type { FaultView } from './model.ts';

interface Fault extends FaultView {
  /** Stays until it is repaired. */
  readonly lasts?: boolean;
  set(standIns: RepliesStandIns): void;
}

const LASTING =
  'A CRITICAL line, status processing_error; after two tries the trigger is a dead letter. ' +
  'Repair it and bring it back, or write again: what waits is answered.';

/** Long enough to be "until it is repaired". */
const ALWAYS = 1_000_000;

const twilio = (rule: FaultRule) => ({
  provider: 'twilio' as const,
  set: (standIns: RepliesStandIns) => standIns.twilio.fail({ ...rule, method: 'create' }),
});
const model = (rule: FaultRule) => ({
  provider: 'model' as const,
  set: (standIns: RepliesStandIns) => standIns.model.fail({ ...rule, method: 'response' }),
});

const FAULTS: readonly Fault[] = [
  {
    id: 'twilio-invalid',
    title: 'Twilio says that the number is invalid (21211)',
    effect: 'Trying again would not help: the conversation goes to a person, with the reply as a draft.',
    ...twilio({ kind: 'refuse', code: 21211 }),
  },
  {
    id: 'twilio-throttle',
    title: 'Twilio answers 429: too many messages',
    effect:
      'The stored reply is sent when the trigger comes back, after about 30 s. The model is not asked again.',
    ...twilio({ kind: 'throttle', retryAfterSeconds: 1 }),
  },
  {
    id: 'twilio-lost',
    title: 'Twilio accepts the message, but the answer is lost',
    effect:
      'The worker looks for the message in Twilio’s list, up to a minute later, and finds it: one message.',
    ...twilio({ kind: 'lose-answer' }),
  },
  {
    id: 'twilio-stopped',
    title: 'Twilio says that the user has unsubscribed (21610)',
    effect:
      'The record notes that the user opted out. Nobody writes to them any more, until they write START.',
    ...twilio({ kind: 'refuse', code: 21610 }),
  },
  {
    id: 'twilio-token',
    title: 'Twilio does not accept the token, until you repair it',
    effect: LASTING,
    lasts: true,
    ...twilio({ kind: 'refuse', code: 20003, times: ALWAYS }),
  },
  {
    id: 'model-throttle',
    title: 'The model answers 429: wait 2 seconds',
    effect: 'The worker waits as long as it is told and asks again: one reply, a little later.',
    ...model({ kind: 'throttle', retryAfterSeconds: 2 }),
  },
  {
    id: 'model-refusal',
    title: 'The model refuses to answer',
    effect: 'Nothing of its answer is sent; the conversation goes to a person.',
    provider: 'model',
    set: (standIns) => standIns.model.say({ finish: 'refusal', text: 'I cannot help with that.' }),
  },
  {
    id: 'model-quota',
    title: 'The model’s account has no quota left, until you repair it',
    effect: LASTING,
    lasts: true,
    ...model({ ...RESPONSES_FAULTS.insufficientQuota, times: ALWAYS }),
  },
];

export const FAULT_VIEWS: readonly FaultView[] = FAULTS.map(({ id, provider, title, effect }) => ({
  id,
  provider,
  title,
  effect,
}));

const METHODS = { twilio: 'create', model: 'response' } as const;

/** What a person has made the providers do: at most one fault of each at a time. */
export class FaultBoard {
  private readonly set = new Map<Fault['provider'], { readonly fault: Fault; readonly after: number }>();

  constructor(private readonly standIns: RepliesStandIns) {}

  /** False: there is no such fault. */
  play(id: string): boolean {
    const fault = FAULTS.find((each) => each.id === id);
    if (!fault) return false;
    this.repair(fault.provider);
    const after = this.standIns[fault.provider].calls.at(-1)?.sequence ?? 0;
    fault.set(this.standIns);
    this.set.set(fault.provider, { fault, after });
    return true;
  }

  repair(provider: Fault['provider']): void {
    this.set.delete(provider);
    // What the model was told to say goes with its calls, which nobody reads here.
    if (provider === 'model') this.standIns.model.reset();
    else this.standIns.twilio.repair();
  }

  /** Ids of what is still to be played. */
  active(): readonly string[] {
    for (const [provider, { fault, after }] of this.set) {
      const { calls } = this.standIns[provider];
      const isPlayed = calls.some((call) => call.sequence > after && call.method === METHODS[provider]);
      if (isPlayed && !fault.lasts) this.set.delete(provider);
    }
    return [...this.set.values()].map(({ fault }) => fault.id);
  }
}
