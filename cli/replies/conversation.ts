import { normaliseAddress } from '../../runtime/replies/address.ts';
import type { Conversation } from '../../runtime/replies/record.ts';
import { needing, type World } from '../world.ts';
import type { DeployedReplies } from './deployed.ts';

export const ID_HELP = "a conversation id, or the user's number with country code";

export const DYNAMODB_PACKAGE = ['@aws-sdk/client-dynamodb'];

/** The conversations that an id or number means, newest first. Throws when it means none. */
export async function conversationsOf(
  id: string,
  { config }: DeployedReplies,
  { aws }: Pick<World, 'aws'>,
): Promise<readonly [Conversation, ...Conversation[]]> {
  if (normaliseAddress(id) === undefined || (id.includes('#') && id.split('#').length < 4))
    throw new Error(`${id} is neither a conversation id (company#project#request#number) nor a number.`);
  const { conversationFinder } = await needing(
    DYNAMODB_PACKAGE,
    () => import('../../runtime/replies/find-conversation.ts'),
  );
  const finder = conversationFinder(await aws.dynamodb(), config.tables.conversations, aws.clock);
  const [first, ...others] = await finder.find(id);
  if (!first) throw new Error(`The table ${config.tables.conversations} has no record of ${id}.`);
  return [first, ...others];
}

/** The one conversation that is meant. Throws when a number has several: an id must choose. */
export async function conversationOf(
  id: string,
  replies: DeployedReplies,
  world: Pick<World, 'aws'>,
): Promise<Conversation> {
  const [first, ...others] = await conversationsOf(id, replies, world);
  if (others.length === 0) return first;
  const lines = [first, ...others].map(
    ({ conversationId, status }) => `  ${conversationId}  ${status ?? '-'}`,
  );
  throw new Error(`${id} has ${lines.length} conversations. Give the id of one:\n${lines.join('\n')}`);
}

/** A number as it may be shown in a terminal that others see: the ends alone. */
export function masked(address: string): string {
  const plain = normaliseAddress(address) ?? address;
  const kept = plain.length > 7 ? 3 : 0;
  return `${plain.slice(0, kept)}${'•'.repeat(Math.max(0, plain.length - kept - 2))}${plain.slice(-2)}`;
}

/** A conversation id with the company's number in it masked. */
export const maskedId = (conversationId: string): string =>
  conversationId.replace(/[^#]*$/, (number) => masked(number));
