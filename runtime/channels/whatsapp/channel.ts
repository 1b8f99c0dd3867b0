import type { Channel, SendTarget } from '../channel.ts';
import { type ChannelNet, postJson, sendWithRetry } from '../http.ts';
import { messageId } from './answer.ts';
import { loadWhatsappMedia } from './load.ts';
import { isInGroup, reactionBody } from './messages.ts';
import { bearerOf, numberUrlOf, type WhatsappAccount, whatsappSender } from './send.ts';

/** A WhatsApp number as a worker sees it. */
export function whatsappChannel(net: ChannelNet, account: WhatsappAccount): Channel {
  const headers = bearerOf(account);
  const urlFor = (target: Pick<SendTarget, 'payload'>) => `${numberUrlOf(account, target)}/messages`;
  const post = async (body: unknown, target: SendTarget) =>
    messageId(await postJson(net, urlFor(target), body, { headers, deadlineMillis: target.deadlineMillis }));
  return {
    ...whatsappSender(net, account),
    react: async (id, emoji, target) => {
      const body = reactionBody(id, emoji, target);
      await sendWithRetry(net, target, () => post(body, target));
    },
    load: (media, limits) => loadWhatsappMedia(net, account, media, limits),
    // The sign goes out after 25 s (contract bot §16.10).
    typing: { everySeconds: 20, shownByIngress: false },
    showTyping: async (target, signal) => {
      // Groups know neither read marks nor this sign.
      if (isInGroup(target)) return;
      const body = {
        messaging_product: 'whatsapp',
        status: 'read',
        message_id: target.messageId,
        typing_indicator: { type: 'text' },
      };
      await postJson(net, urlFor(target), body, {
        headers,
        signal,
        deadlineMillis: net.clock.nowMillis() + 10_000,
      });
    },
  };
}
