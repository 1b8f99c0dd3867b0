import type { Answer } from './fault.ts';

/** HTTP status and words of the errors that a sender meets; others are 400. */
const ERRORS: Readonly<Record<number, { readonly status?: number; readonly message: string }>> = {
  20003: { status: 401, message: 'Authenticate' },
  20404: { status: 404, message: 'The requested resource was not found' },
  20429: { status: 429, message: 'Too Many Requests' },
  20500: { status: 500, message: 'Internal Server Error' },
  20503: { status: 503, message: 'Service is unavailable. Please try again.' },
  21211: { message: "The 'To' number is not a valid phone number." },
  21408: { message: "Permission to send a message has not been enabled for the region of the 'To' number." },
  21602: { message: 'Message body is required.' },
  21603: { message: "A 'From' phone number is required." },
  21604: { message: "A 'To' phone number is required." },
  21606: { message: "The 'From' phone number is not a message-capable phone number of your account." },
  21609: { message: "The 'StatusCallback' URL is not a valid URL." },
  21610: { message: 'Attempt to send to unsubscribed recipient' },
  21614: { message: "'To' number is not a valid mobile number" },
  21617: { message: 'The concatenated message body exceeds the 1600 character limit' },
  21658: { message: 'Message body exceeds the limit of the channel' },
  21910: { message: 'From and To addresses should be of the same channel' },
  63003: { message: 'Channel could not find the To address' },
  63007: { message: 'Twilio could not find a Channel with the specified From address' },
};

/** An error answer of Twilio's API. */
export function twilioError(code: number, overrides: { readonly status?: number } = {}): Answer {
  const { status = 400, message } = ERRORS[code] ?? { message: 'The request was refused.' };
  const httpStatus = overrides.status ?? status;
  const json = {
    code,
    message,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status: httpStatus,
  };
  return { status: httpStatus, json };
}
