import { SendError } from '../../core/errors.ts';
import type { MediaPart, OutgoingPart, Sender, SendTarget } from '../channel.ts';
import { type ChannelNet, postForm, postJson, sendWithRetry, uploadWithRetry } from '../http.ts';
import { faultOfPart, WHATSAPP_LIMITS } from '../limits.ts';
import { blobOf, bytesOfPart, type PartBytes } from '../media-part.ts';
import { messageId, uploadId } from './answer.ts';
import { isInGroup, type MediaPlace, messageBody } from './messages.ts';
import { receivingNumberOf } from './parse.ts';

export interface WhatsappAccount {
  readonly token: string;
  readonly phoneNumberId: string;
  readonly graphVersion: string;
  /** Without a trailing slash. */
  readonly graphUrl: string;
}

export const bearerOf = ({ token }: WhatsappAccount) => ({ authorization: `Bearer ${token}` });

/**
 * The address of the number that sends: a message is answered by the number that it was sent to (contract bot
 * §9.5); the ingress let no foreign one pass.
 */
export const numberUrlOf = (
  { graphUrl, graphVersion, phoneNumberId }: WhatsappAccount,
  { payload }: Pick<SendTarget, 'payload'>,
) => `${graphUrl}/${graphVersion}/${receivingNumberOf(payload) ?? phoneNumberId}`;

/** Sends by the Graph API, `POST /<version>/<phone-number-id>/messages`; bytes are uploaded first. */
export function whatsappSender(net: ChannelNet, account: WhatsappAccount): Sender {
  const headers = bearerOf(account);
  return {
    settlesLater: true,
    send: async (part, target) => {
      const fault = faultOf(part, target);
      if (fault) throw new SendError(`The part of type "${part.type}" cannot be sent: ${fault}`, 'permanent');
      const body =
        part.type === 'text' || part.type === 'template'
          ? messageBody(part, target)
          : await mediaBody(part, target);
      const url = `${numberUrlOf(account, target)}/messages`;
      const { deadlineMillis } = target;
      return sendWithRetry(net, target, async () =>
        messageId(await postJson(net, url, body, { headers, deadlineMillis })),
      );
    },
  };

  async function mediaBody(part: MediaPart, target: SendTarget) {
    const content = await bytesOfPart(part, target);
    if (!content) return messageBody(part, target, placeOf(part));
    const { fileName } = content;
    return messageBody({ fileName, ...part }, target, { id: await upload(part, content, target) });
  }

  async function upload({ type }: MediaPart, content: PartBytes, target: SendTarget) {
    const { deadlineMillis } = target;
    const limit = WHATSAPP_LIMITS.bytes[type];
    if (content.bytes.length > limit)
      throw new SendError(
        `The part of type "${type}" has ${content.bytes.length} bytes; WhatsApp takes ${limit}`,
        'permanent',
      );
    const url = `${numberUrlOf(account, target)}/media`;
    return uploadWithRetry(net, { deadlineMillis }, async () => {
      const form = new FormData();
      form.set('messaging_product', 'whatsapp');
      form.set('type', content.mimeType);
      form.set('file', blobOf(content), content.fileName);
      return uploadId(await postForm(net, url, form, { headers, deadlineMillis }));
    });
  }
}

const placeOf = ({ media }: MediaPart): MediaPlace =>
  'url' in media ? { link: media.url } : (media as { readonly id: string });

/** Groups take no buttons and no lists (contract bot §16.12). */
function faultOf(part: OutgoingPart, target: SendTarget): string | undefined {
  const isInteractive = part.type === 'text' && (part.buttons ?? part.list) !== undefined;
  if (isInteractive && isInGroup(target)) return 'WhatsApp groups take no buttons and no lists';
  return faultOfPart(WHATSAPP_LIMITS, part);
}
