import { describe, expect, it } from 'vitest';
import { isOpen, MessageBook } from '../../../local/console/book.ts';
import type { ConsoleMessage } from '../../../local/console/model.ts';
import { asynchronous, CHAT, context, textJob, workerWorld } from '../../runtime/bot/worker-world.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** A message whose job is worked by the real worker over fakes; the book hears its log and its platform. */
function watchedTurn(options: Parameters<typeof workerWorld>[0] = {}, eventId = 'wamid.1') {
  const world = workerWorld({ environment: { ASYNC_RETRY_ATTEMPTS: '2' }, ...options });
  const provider = options.provider ?? 'whatsapp';
  const changes: ConsoleMessage[] = [];
  const book = new MessageBook((message) => changes.push(message));
  const { id } = book.add({ channel: provider, user: CHAT, text: 'hi', eventId, atMillis: 0 });
  book.delivery(id, TRACE, { atMillis: 0, place: 'webhook', title: 'posted', tone: 'info' });
  let [heard, called] = [0, 0];
  const work = async () => {
    await world.worker(asynchronous(textJob('hi', eventId, provider)), context()).catch(() => undefined);
    for (const line of world.lines.slice(heard)) book.logLine(JSON.stringify(line), () => 'drop');
    for (const call of world.provider.calls.slice(called)) book.call(provider, call);
    [heard, called] = [world.lines.length, world.provider.calls.length];
  };
  const message = () => book.get(id)!;
  const titles = () => message().steps.map(({ title }) => title);
  return { world, book, work, message, titles, changes };
}

describe("a message's time line, from what the real worker logs", () => {
  it('tells claim, decision, part and end of an answered turn', async () => {
    const { work, message, titles } = watchedTurn();
    await work();
    expect(message()).toMatchObject({
      state: 'answered',
      replies: [{ text: 'You said: hi', repeated: false }],
    });
    expect(titles().toSorted()).toEqual(
      [
        'posted',
        'Claimed, history read',
        'Agent decided, history saved',
        'Graph API accepted the reply',
        'Part 1 accepted',
        'Done',
      ].toSorted(),
    );
  });

  it('marks the step after which the stored history is another', async () => {
    const { work, message } = watchedTurn();
    await work();
    const decisions = message().steps.filter(({ kind }) => kind === 'decision');
    expect(decisions.map(({ title }) => title)).toEqual(['Agent decided, history saved']);
  });

  it('calls a repetition a duplicate and keeps the state', async () => {
    const { work, message, titles } = watchedTurn();
    await work();
    await work();
    expect(titles()).toContain('Duplicate: skipped');
    expect(message()).toMatchObject({ state: 'answered', replies: [{}] });
  });

  it('tells of a failed attempt, of the operator who is needed, and of the attempt that went on', async () => {
    const { world, work, message, titles } = watchedTurn();
    world.provider.fail({ kind: 'refuse', code: 190 });
    await work();
    expect(message().state).toBe('waiting');
    expect(isOpen(message())).toBe(true);
    expect(titles()).toEqual(
      expect.arrayContaining(['Graph API refused the reply', 'Attempt failed', 'An operator is needed']),
    );
    await work();
    expect(message().state).toBe('answered');
    expect(titles()).toEqual(
      expect.arrayContaining(['Taken up again', 'Done, where an earlier attempt had stopped']),
    );
    expect(titles().filter((title) => title.startsWith('Agent decided'))).toHaveLength(1);
  });

  it('says that a reply was refused for good, and keeps saying it', async () => {
    const { world, work, message, titles } = watchedTurn();
    world.provider.fail({ kind: 'refuse', code: 131026 });
    await work();
    expect(message().state).toBe('refused');
    await work();
    expect(titles()).toContain('Duplicate: skipped');
    expect(message().state).toBe('refused');
  });

  it('marks the second arrival of a part whose first answer was lost', async () => {
    const { world, work, message } = watchedTurn({ provider: 'telegram' }, '77');
    world.provider.fail({ kind: 'lose-answer' });
    await work();
    expect(message().replies.map(({ repeated }) => repeated)).toEqual([false, true]);
    expect(message().state).toBe('answered');
  });
});

describe('the book', () => {
  const added = (book: MessageBook, eventId: string, user = '1') =>
    book.add({ channel: 'telegram', user, text: eventId, eventId, atMillis: 0 }).id;
  const call = (chatId: string) => ({
    sequence: 1,
    atMillis: 1,
    method: 'sendMessage',
    chatId,
    text: 'reply',
    body: {},
    accepted: true,
    messageId: '9',
    fault: undefined,
  });

  it('gives a Telegram reply to the oldest message of its chat that waits for one', () => {
    const book = new MessageBook(() => {});
    const [first, other, second] = [added(book, 'a'), added(book, 'b', '2'), added(book, 'c')];
    book.call('telegram', call('1'));
    expect([first, other, second].map((id) => book.get(id!)!.replies.length)).toEqual([1, 0, 0]);
    book.step(first!, { atMillis: 2, place: 'worker', title: 'Done', tone: 'good' }, 'answered');
    book.call('telegram', call('1'));
    expect([first, other, second].map((id) => book.get(id!)!.replies.length)).toEqual([1, 0, 1]);
    book.call('telegram', call('unknown'));
    book.call('whatsapp', call('1'));
    expect(book.all().flatMap(({ replies }) => replies)).toHaveLength(2);
  });

  it('keeps a bounded number of messages and of steps, the newest', () => {
    const book = new MessageBook(() => {});
    for (let n = 0; n < 250; n++) added(book, String(n));
    expect(book.all()).toHaveLength(200);
    expect(book.all().at(-1)?.eventId).toBe('249');
    const { id } = book.all().at(-1)!;
    for (let n = 0; n < 500; n++)
      book.step(id, { atMillis: n, place: 'worker', title: String(n), tone: 'info' });
    expect(book.get(id)!.steps).toHaveLength(150);
    expect(book.get(id)!.steps.at(-1)?.title).toBe('499');
  });

  it('orders steps by their time, however late they were heard of', () => {
    const book = new MessageBook(() => {});
    const id = added(book, 'a');
    for (const atMillis of [5, 1, 3])
      book.step(id, { atMillis, place: 'worker', title: String(atMillis), tone: 'info' });
    expect(book.get(id)!.steps.map(({ title }) => title)).toEqual(['1', '3', '5']);
  });

  it.each([
    '',
    'START RequestId: 1',
    '{"trace_id":"no"}',
    `{"trace_id":"${TRACE}"`,
    `{"trace_id":"${TRACE}","message":"turn_decided"}`,
  ])('is not moved by the line %j', (line) => {
    const changes: ConsoleMessage[] = [];
    const book = new MessageBook((message) => changes.push(message));
    const id = added(book, 'a');
    book.delivery(id, TRACE, { atMillis: 0, place: 'webhook', title: 'posted', tone: 'info' });
    const before = changes.length;
    book.logLine(line, () => 'drop');
    expect(changes).toHaveLength(before);
  });
});
