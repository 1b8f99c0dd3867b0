import type { Channel } from '../channel.ts';
import { type ChannelNet, postJson, sendWithRetry } from '../http.ts';
import { withExtra } from '../media-part.ts';
import { checkDone } from './answer.ts';
import { loadTelegramMedia } from './load.ts';
import { placeOf } from './methods.ts';
import { type TelegramAccount, telegramSender } from './send.ts';

/** A Telegram bot as a worker sees it. */
export function telegramChannel(net: ChannelNet, account: TelegramAccount): Channel {
  const url = `${account.apiUrl}/bot${account.token}`;
  return {
    ...telegramSender(net, account),
    react: async (id, emoji, target) => {
      const reaction = emoji === '' ? [] : [{ type: 'emoji', emoji }];
      const params = { chat_id: target.chatId, message_id: Number(id), reaction };
      await sendWithRetry(net, target, async () =>
        checkDone(await postJson(net, `${url}/setMessageReaction`, withExtra(params, target.extra), target)),
      );
    },
    load: (media, limits) => loadTelegramMedia(net, account, media, limits),
    // The sign goes out after 5 s; the webhook's answer showed the first (contract bot §17.4).
    typing: { everySeconds: 5, shownByIngress: true },
    showTyping: async (target, signal) => {
      const params = { ...placeOf(target), action: 'typing' };
      const deadlineMillis = net.clock.nowMillis() + 5_000;
      await postJson(net, `${url}/sendChatAction`, params, { signal, deadlineMillis });
    },
  };
}
