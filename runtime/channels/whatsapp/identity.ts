import { asList, asRecord, asText, type JsonRecord } from '../../core/json.ts';
import type { IncomingGroup } from '../channel.ts';

/** Who wrote a message, by all ids that it names (contract bot §9.3). */
export interface WhatsappUser {
  /** The phone number, else a business-scoped id; empty when none is known. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly name: string | undefined;
}

/** Since users may hide their number, a message may come with a business-scoped id alone. */
export function readUser(message: JsonRecord, value: JsonRecord): WhatsappUser {
  const contact = contactOf(message, value);
  const ids = [
    message.from,
    message.from_user_id,
    contact.user_id,
    message.from_parent_user_id,
    contact.parent_user_id,
  ].flatMap((id) => asText(id) ?? []);
  const [id = '', ...aliases] = new Set(ids);
  return { id, aliases, name: asText(asRecord(contact.profile).name) };
}

/** The contact of the sender, by an id that both name; a single contact without any is the sender's too. */
function contactOf(message: JsonRecord, value: JsonRecord): JsonRecord {
  // A webhook holds a few; a body of thousands must not make this quadratic.
  const contacts = asList(value.contacts).slice(0, 100).map(asRecord);
  const from = asText(message.from);
  const userId = asText(message.from_user_id);
  const isSender = ({ wa_id, user_id }: JsonRecord) =>
    (from !== undefined && asText(wa_id) === from) || (userId !== undefined && asText(user_id) === userId);
  const isNobodyElse = ({ wa_id, user_id }: JsonRecord) =>
    (from === undefined || wa_id === undefined) && (userId === undefined || user_id === undefined);
  const [only = {}] = contacts;
  return contacts.find(isSender) ?? (contacts.length === 1 && isNobodyElse(only) ? only : {});
}

/** The number that a message was sent to. */
export const receivingNumber = (value: JsonRecord): string | undefined =>
  asText(asRecord(value.metadata).phone_number_id);

/**
 * The group of a message. The bot is addressed by its number after an @, by an answer to a message of its
 * number, or by a command.
 */
export function readGroup(
  message: JsonRecord,
  value: JsonRecord,
  said: { readonly text: string; readonly isCommand: boolean; readonly speakerName: string | undefined },
): IncomingGroup | undefined {
  const id = asText(message.group_id);
  if (id === undefined) return undefined;
  const own = digits(asRecord(value.metadata).display_phone_number);
  const answersBot = own !== '' && digits(asRecord(message.context).from) === own;
  const mentionsBot = own !== '' && new RegExp(`@${own}(?!\\d)`).test(said.text);
  const { speakerName } = said;
  return {
    id,
    ...(speakerName && { speakerName }),
    isAddressed: answersBot || mentionsBot || said.isCommand,
  };
}

const digits = (value: unknown): string => (asText(value) ?? '').replaceAll(/\D/g, '');
