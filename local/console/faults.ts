import type { FaultRule } from '../stand-ins/fault.ts';
import type { Channel, FaultChoice } from './model.ts';

interface Fault extends FaultChoice {
  rule(channel: Channel): FaultRule;
}

/** Long enough to be "until it is repaired". */
const ALWAYS = 1_000_000;

const FAULTS: readonly Fault[] = [
  {
    id: 'throttle',
    title: 'Throttles the next message',
    effect: 'It answers 429, “retry after 1 s”. The worker waits that long and sends again: one reply.',
    rule: () => ({ kind: 'throttle', retryAfterSeconds: 1 }),
  },
  {
    id: 'broken',
    title: 'Breaks down twice',
    effect: 'It answers 500 and says that nothing was done. The worker tries again with pauses: one reply.',
    rule: () => ({ kind: 'broken', platformObject: true, times: 2 }),
  },
  {
    id: 'lose-answer',
    title: 'Accepts the next message, but the answer is lost',
    effect:
      'Nobody can know whether it arrived, so the stored reply is sent again: this one part may arrive ' +
      'twice. The agent is not asked again.',
    rule: () => ({ kind: 'lose-answer' }),
  },
  {
    id: 'refuse',
    title: 'Refuses the next message for good',
    effect: 'Trying again would not help. The reply is kept under failed-events/ for an operator.',
    rule: (channel) => ({ kind: 'refuse', code: channel === 'whatsapp' ? 131026 : 403 }),
  },
  {
    id: 'expired',
    title: 'Does not accept the token, until you repair it',
    effect:
      'Every attempt fails until the message lies in the dead-letter queue. ' +
      'Repair the provider, bring it back, and the stored reply is sent.',
    rule: (channel) => ({ kind: 'refuse', code: channel === 'whatsapp' ? 190 : 401, times: ALWAYS }),
  },
];

export const FAULT_CHOICES: readonly FaultChoice[] = FAULTS.map(({ id, title, effect }) => ({
  id,
  title,
  effect,
}));

/** The rule of a menu entry, for messages only: a typing sign must not use it up. */
export function faultRule(channel: Channel, id: string): FaultRule | undefined {
  const fault = FAULTS.find((each) => each.id === id);
  return fault && { ...fault.rule(channel), method: channel === 'whatsapp' ? 'message' : 'sendMessage' };
}
