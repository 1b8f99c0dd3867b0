import { asNumber, asRecord, asText, isRecord } from '../../core/json.ts';
import { type Content, contactsContent, placeContent, textContent, UNSUPPORTED } from '../content.ts';
import { readMedia } from './media.ts';
import type { RawMessage } from './update.ts';

/** What a message says (contract bot §8). */
export function readContent(message: RawMessage): Content {
  const text = asText(message.text);
  if (text !== undefined) return textContent('text', text);
  return readMedia(message) ?? readPlace(message) ?? readContact(message) ?? UNSUPPORTED;
}

/** A place, with a name and an address when it is a venue. */
function readPlace(message: RawMessage): Content | undefined {
  const venue = asRecord(message.venue);
  const location = asRecord(venue.location ?? message.location);
  const latitude = asNumber(location.latitude);
  const longitude = asNumber(location.longitude);
  if (latitude === undefined || longitude === undefined) return undefined;
  const name = asText(venue.title);
  const address = asText(venue.address);
  return placeContent({ latitude, longitude, ...(name && { name }), ...(address && { address }) });
}

function readContact(message: RawMessage): Content | undefined {
  if (!isRecord(message.contact)) return undefined;
  const { first_name, last_name, phone_number } = message.contact;
  const name = [asText(first_name), asText(last_name)].filter(Boolean).join(' ');
  const phone = asText(phone_number);
  return contactsContent([{ name, phones: phone ? [phone] : [], emails: [] }]);
}
