import { isSameAddress } from './address.ts';
import type { RepliesCode } from './errors.ts';
import type { Conversation } from './record.ts';
import type { Route } from './staged.ts';
import type { Wish } from './stop-words.ts';

type Rules = Pick<Conversation, 'isProjectActive' | 'allowedChannels'>;
type HumanRules = Pick<Conversation, 'isHandedOff' | 'autoQueueReply' | 'autoQueueReplyFrom' | 'userAddress'>;

/** Why a message of a known user is not taken (contract replies §3.5); nothing when it is. */
export function refusalOf(
  { isProjectActive, allowedChannels }: Rules,
  channel: string,
): RepliesCode | undefined {
  if (!isProjectActive) return 'PROJECT_INACTIVE';
  return allowedChannels && !allowedChannels.includes(channel) ? 'CHANNEL_NOT_ALLOWED' : undefined;
}

/** Why a conversation's messages go to a person; nothing when they do not. Flags and list are ORed. */
export function humanReasonOf(rules: HumanRules): string | undefined {
  if (rules.isHandedOff) return 'hand_off_to_human';
  if (rules.autoQueueReply) return 'auto_queue_reply_message';
  const isListed = rules.autoQueueReplyFrom.some((number) => isSameAddress(number, rules.userAddress));
  return isListed ? 'auto_queue_reply_message_from_number' : undefined;
}

/** A wish to be left alone comes before everything else: then nobody answers, person or not (contract replies §3.1). */
export function routeOf(
  conversation: HumanRules & Pick<Conversation, 'isOptedOut'>,
  wish: Wish | undefined,
): Route {
  if (wish || conversation.isOptedOut) return 'opted_out';
  return humanReasonOf(conversation) ? 'human' : 'channel';
}
