import { type HeldMedia, MediaShelf } from './media-shelf.ts';
import type { Verdict } from './stand-in.ts';
import { twilioError } from './twilio-errors.ts';
import { twilioSid } from './twilio-messages.ts';

const MEDIA = /^\/2010-04-01\/Accounts\/(\w+)\/Messages\/\w+\/Media\/(\w+)$/;
const STORED = /^(?:\/twilio-media)?\/\w+\/(ME\w+)$/;

/** What users sent: an address of the API leads to one of the storage, which takes no credentials. */
export class TwilioMedia {
  private readonly shelf = new MediaShelf((number) => twilioSid('ME', `medium ${number}`));

  /** The path under which a webhook names it. */
  hold(media: HeldMedia, accountSid: string): string {
    const sid = this.shelf.add(media);
    return `/2010-04-01/Accounts/${accountSid}/Messages/${twilioSid('MM', sid)}/Media/${sid}`;
  }

  /** Undefined when the address is none of a medium. The API's address has been authorized. */
  judgeApi({ pathname, origin, hostname }: URL): Verdict | undefined {
    const [, accountSid, sid] = MEDIA.exec(pathname) ?? [];
    if (!sid) return undefined;
    if (!this.shelf.get(sid)) return { status: 'invalid', answer: twilioError(20404) };
    const storage = hostname.endsWith('twilio.com') ? 'https://mms.twiliocdn.com' : `${origin}/twilio-media`;
    const location = `${storage}/${accountSid}/${sid}?Expires=1800000000&Signature=stand-in`;
    return media(sid, 'media', () => ({ status: 307, headers: { location } }));
  }

  /** The storage's side: whoever has the signed address may have the bytes. */
  judgeStorage(request: Request): Verdict | undefined {
    const { pathname, hostname, searchParams } = new URL(request.url);
    const [, sid = ''] = STORED.exec(pathname) ?? [];
    if (!hostname.endsWith('twiliocdn.com') && !pathname.startsWith('/twilio-media/')) return undefined;
    const held = this.shelf.get(sid);
    const isSigned = searchParams.has('Signature');
    // As S3 does it: one way to be let in is enough, and two are an error.
    if (request.headers.has('authorization')) return { status: 'invalid', answer: { status: 400 } };
    if (!held || !isSigned) return { status: 'invalid', answer: { status: 403 } };
    const bytes = { content: held.bytes, mimeType: held.mimeType };
    return media(sid, 'download', () => ({ status: 200, bytes }));
  }
}

const media = (
  sid: string,
  method: string,
  answer: () => Extract<Verdict, { status: 'invalid' }>['answer'],
): Verdict => ({
  status: 'valid',
  method,
  chatId: '',
  text: undefined,
  body: { sid },
  isMessage: false,
  accept: () => ({ answer: answer(), messageId: undefined }),
});
