import type { Channel } from './model.ts';

/** People who do not exist: telephone numbers reserved for fiction, chat ids that look like them. */
export const USERS: Readonly<Record<Channel, readonly { readonly id: string; readonly name: string }[]>> = {
  whatsapp: [
    { id: '12025550143', name: 'Ada' },
    { id: '12025550144', name: 'Grace' },
    { id: '12025550145', name: 'Alan' },
  ],
  telegram: [
    { id: '5550000143', name: 'Ada' },
    { id: '5550000144', name: 'Grace' },
    { id: '5550000145', name: 'Alan' },
  ],
};

const FORMS: Readonly<Record<Channel, RegExp>> = {
  whatsapp: /^[1-9]\d{6,14}$/,
  telegram: /^[1-9]\d{0,14}$/,
};

/** Whether it can be a user of the channel: an international number without plus sign, or a private chat id. */
export const isUser = (channel: Channel, id: string): boolean => FORMS[channel].test(id);
