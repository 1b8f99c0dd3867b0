import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import { createTelegramStandIn } from '../../../local/stand-ins/telegram.ts';
import type { OutgoingPart, SendTarget } from '../../../runtime/channels/channel.ts';
import { telegramChannel } from '../../../runtime/channels/telegram/channel.ts';
import { whatsappChannel } from '../../../runtime/channels/whatsapp/channel.ts';
import { FakeClock } from '../../support/fake-clock.ts';

export const PNG = Uint8Array.from(Buffer.from('\x89PNG\r\n\x1a\nnot really', 'latin1'));

/** A platform's channel against its stand-in; every request is kept. */
export function channelWorld(name: 'whatsapp' | 'telegram') {
  const clock = new FakeClock();
  const nowMillis = () => clock.nowMillis();
  const standIn =
    name === 'whatsapp' ? createGraphStandIn({ nowMillis }) : createTelegramStandIn({ nowMillis });
  const requests: Request[] = [];
  const net = {
    fetch: (async (input, init) => {
      requests.push(new Request(input, init).clone());
      return standIn.fetch(input, init);
    }) as typeof fetch,
    clock,
    timeoutSeconds: 0.5,
  };
  const channel =
    name === 'whatsapp'
      ? whatsappChannel(net, {
          token: 't',
          phoneNumberId: '1055',
          graphVersion: 'v26.0',
          graphUrl: 'https://graph.example',
        })
      : telegramChannel(net, { token: '1:t', apiUrl: 'https://telegram.example' });
  const target = (more: Partial<SendTarget> = {}): SendTarget => ({
    chatId: '15550100',
    payload: {},
    callbackData: 'e#1',
    deadlineMillis: clock.nowMillis() + 60_000,
    ...more,
  });
  const send = (part: OutgoingPart, more: Partial<SendTarget> = {}) => channel.send(part, target(more));
  return { clock, standIn, requests, channel, target, send };
}
