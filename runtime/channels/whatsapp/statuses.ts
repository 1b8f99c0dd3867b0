import { asList, asRecord, asText, type JsonRecord } from '../../core/json.ts';

/** What became of a message of ours (contract bot §9.4). */
export interface DeliveryStatus {
  /** `sent`, `delivered`, `read`, `played`, `failed`, or a word that is newer than this release. */
  readonly status: string;
  readonly messageId: string;
  readonly recipientId: string;
  /** What we sent along as `<event id>#<part>`; absent for messages of others. */
  readonly origin: { readonly eventId: string; readonly part: number } | undefined;
  /** Codes of a failure. */
  readonly errorCodes: readonly string[];
  readonly raw: JsonRecord;
}

/** The statuses of a webhook body, in its order, less those of numbers that belong to others. */
export function readStatuses(body: JsonRecord, allowedPhoneNumberIds: readonly string[]): DeliveryStatus[] {
  const changes = asList(body.entry).flatMap((entry) => asList(asRecord(entry).changes));
  const values = changes.map((change) => asRecord(asRecord(change).value));
  const own = values.filter(({ metadata }) => {
    const numberId = asText(asRecord(metadata).phone_number_id);
    return numberId === undefined || allowedPhoneNumberIds.includes(numberId);
  });
  const statuses = own.flatMap((value) => asList(value.statuses));
  return statuses.map(asRecord).map((raw) => ({
    status: asText(raw.status) ?? '',
    messageId: asText(raw.id) ?? '',
    recipientId: asText(raw.recipient_id) ?? asText(raw.recipient_user_id) ?? '',
    origin: originOf(asText(raw.biz_opaque_callback_data)),
    errorCodes: asList(raw.errors).flatMap((error) => asText(asRecord(error).code) ?? []),
    raw,
  }));
}

function originOf(callbackData: string | undefined): DeliveryStatus['origin'] {
  const [, eventId, part] = /^(.+)#([1-9]\d{0,3})$/.exec(callbackData ?? '') ?? [];
  return eventId && part ? { eventId, part: Number(part) } : undefined;
}
