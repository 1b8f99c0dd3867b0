import { deliveryFaultOf } from '../channels/twilio/errors.ts';
import type { Conversation } from './record.ts';

/** What follows from a message that Twilio gave up. */
export interface DeliveryFailure {
  readonly rule: string;
  /** For the person who takes over; without personal data. */
  readonly reason: string;
  readonly isForOperator: boolean;
  /** Of the conversation, once no worker holds the record. */
  readonly newStatus: string;
  /** Top-level attributes of the record that change. */
  readonly set: Readonly<Record<string, unknown>>;
}

/**
 * A message that was accepted and could not be delivered goes to a person (contract replies §12.6). The status of a
 * record that a worker holds is its lock, and stays.
 */
export function deliveryFailure(
  errorCode: number | undefined,
  { status }: Pick<Conversation, 'status'>,
): DeliveryFailure {
  const { action } = deliveryFaultOf(errorCode);
  const reason = `Twilio could not deliver the reply: code ${errorCode ?? 'unknown'}`;
  const isWindow = action === 'window_closed';
  const newStatus = isWindow ? 'window_closed' : 'handoff_required';
  const isLocked = status === 'processing_reply';
  return {
    rule: ruleOf(action, errorCode),
    reason,
    isForOperator: action === 'hold',
    newStatus,
    set: {
      failure_reason: reason,
      ...(!isLocked && { conversation_status: newStatus }),
      // The user's next message opens a closed window again.
      ...(!isWindow && { hand_off_to_human: true, hand_off_to_human_reason: reason }),
    },
  };
}

function ruleOf(action: ReturnType<typeof deliveryFaultOf>['action'], errorCode: number | undefined): string {
  if (action === 'window_closed') return 'window_closed';
  return action === 'permanent' || action === 'hold' ? `${action}:${errorCode}` : 'hand_off';
}
