import { describe, expect, it } from 'vitest';
import { FAULT_CHOICES, faultRule } from '../../../local/console/faults.ts';
import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import { createTelegramStandIn } from '../../../local/stand-ins/telegram.ts';

const MESSAGES = {
  whatsapp: {
    standIn: createGraphStandIn,
    url: 'https://graph.facebook.com/v26.0/1/messages',
    body: { messaging_product: 'whatsapp', to: '12025550143', type: 'text', text: { body: 'hi' } },
  },
  telegram: {
    standIn: createTelegramStandIn,
    url: 'https://api.telegram.org/bot1:token/sendMessage',
    body: { chat_id: 1, text: 'hi' },
  },
} as const;

describe.each(['whatsapp', 'telegram'] as const)('the menu of faults, %s', (channel) => {
  it.each(FAULT_CHOICES.map(({ id }) => id))(
    '"%s" makes a message fail and a repair mends it',
    async (id) => {
      const { url, body, standIn: create } = MESSAGES[channel];
      const standIn = create();
      const send = () =>
        standIn
          .fetch(url, { method: 'POST', headers: { authorization: 'Bearer t' }, body: JSON.stringify(body) })
          .then(
            ({ status }) => status,
            () => 'lost',
          );
      standIn.fail(faultRule(channel, id)!);
      expect(await send()).not.toBe(200);
      standIn.repair();
      expect(await send()).toBe(200);
    },
  );

  it('does not know another', () => {
    expect(faultRule(channel, 'explode')).toBeUndefined();
  });
});
