import { make } from '../../page/dom.ts';
import type { ConversationView } from '../views.ts';
import type { Context } from './context.ts';
import { relative, timeElement } from './format.ts';
import { actionButton, messageOf } from './ui.ts';

/** Who answers the chat, and, when the page may, the means to change that and to answer oneself. */
export function takeOverBar(
  { chatId, ownerUntil }: ConversationView,
  context: Context,
  reload: () => Promise<void>,
): HTMLElement {
  const isMine = ownerUntil !== undefined && Date.parse(ownerUntil) > Date.now();
  const bar = make('section', { class: 'owner', 'aria-label': 'Who answers', 'data-mine': String(isMine) });
  bar.append(
    isMine && ownerUntil !== undefined
      ? make(
          'p',
          {},
          'A person answers until ',
          timeElement(ownerUntil),
          ` (${relative(ownerUntil)}). The bot stores and stays silent.`,
        )
      : make('p', {}, 'The bot answers this chat.'),
  );
  if (!context.site.isWritable) return bar;
  bar.append(isMine ? releaseButton(chatId, context, reload) : takeButton(chatId, context, reload));
  if (isMine) bar.append(answerForm(chatId, context, reload));
  return bar;
}

const releaseButton = (chatId: string, { api }: Context, reload: () => Promise<void>) =>
  actionButton('Give back to the bot', async () => {
    await api.release(chatId);
    await reload();
    return undefined;
  });

function takeButton(chatId: string, { api }: Context, reload: () => Promise<void>): HTMLElement {
  const minutes = make('input', { type: 'number', id: 'minutes', min: '1', max: '10080', value: '60' });
  return make(
    'div',
    { class: 'take' },
    make('label', { for: 'minutes' }, 'Minutes'),
    minutes,
    actionButton('Take over', async () => {
      await api.takeOver(chatId, Number(minutes.value));
      await reload();
      return undefined;
    }),
  );
}

/** A message keeps its key until it is sent, so that pressing again after a failure cannot send it twice. */
function answerForm(chatId: string, { api }: Context, reload: () => Promise<void>): HTMLElement {
  const text = make('textarea', {
    id: 'answer',
    rows: '2',
    placeholder: 'Write as the bot',
    maxlength: '16384',
  });
  const send = make('button', { type: 'submit', class: 'primary' }, 'Send');
  const outcome = make('p', { class: 'outcome', role: 'status' });
  const form = make(
    'form',
    { class: 'answer' },
    make('label', { class: 'hidden', for: 'answer' }, 'Your answer'),
    text,
    send,
    outcome,
  );
  let key = `dashboard:${crypto.randomUUID()}`;
  text.addEventListener('input', () => {
    key = `dashboard:${crypto.randomUUID()}`;
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    outcome.textContent = 'Sending…';
    outcome.removeAttribute('data-tone');
    try {
      outcome.textContent = (await api.answer(chatId, text.value, key)).done;
      if (outcome.textContent === 'Sent.') await reload();
    } catch (error) {
      outcome.textContent = messageOf(error);
      outcome.dataset.tone = 'bad';
    } finally {
      send.disabled = false;
    }
  });
  return form;
}
