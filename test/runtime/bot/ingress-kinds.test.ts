import { describe, expect, it } from 'vitest';
import type { Job } from '../../../runtime/bot/job.ts';
import { ada, group, message, rules, telegram, turnsOf, whatsapp } from './ingress-messages.ts';
import { ingressWorld, jobsOf, QUEUE_URL } from './ingress-world.ts';
import { asynchronous, context, storedHistory, workerWorld } from './worker-world.ts';

describe('buttons', () => {
  it('bot A48: a callback is answered at once and gets a turn with its data', async () => {
    const world = ingressWorld('telegram');
    // Its message may be old: the press is new.
    const pressed = { ...message(world, { chat: group }), date: 1 };
    const callback_query = { id: '4711', from: ada, data: 'buy:2', message: pressed };
    const answer = await world.send(telegram({ callback_query }));
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ method: 'answerCallbackQuery', callback_query_id: '4711' });
    expect(jobsOf(world)).toMatchObject([{ job_kind: 'turn', chat_id: '-100', user_id: '7' }]);
    const { turns } = await turnsOf(world, 'telegram');
    expect(turns).toMatchObject([
      { kind: 'callback', text: 'buy:2', data: { id: '4711', data: 'buy:2' }, chatId: '-100' },
    ]);
    expect(Date.parse(turns[0]?.timestamp ?? '')).toBe(world.clock.nowMillis());
  });

  it('answers the press that it ignores, and no press that it could not hand over', async () => {
    const world = ingressWorld('telegram', { ALLOWED_USERS_JSON: '["8"]' });
    const press = (id: number) =>
      telegram({ callback_query: { id: '1', from: { id }, data: 'x', message: message(world, {}) } });
    expect(JSON.parse((await world.send(press(7))).body)).toMatchObject({ method: 'answerCallbackQuery' });
    expect(world.tap.calls).toEqual([]);
    expect(rules(world)).toEqual(['not_allowed']);
    world.tap.before = () => {
      throw new Error('down');
    };
    expect((await world.send(press(8))).statusCode).toBe(503);
  });
});

describe('structured kinds', () => {
  it('bot A49: the agent sees text and data of a button, a list, a flow, a place and contacts', async () => {
    const world = ingressWorld('whatsapp');
    const interactive = (type: string, reply: object) => ({
      type: 'interactive',
      interactive: { type, [type]: reply },
    });
    for (const kind of [
      { type: 'button', button: { payload: 'STOP', text: 'Stop' } },
      interactive('list_reply', { id: 'r2', title: 'Tea' }),
      interactive('nfm_reply', { name: 'flow', response_json: '{"seats":2}' }),
      { type: 'location', location: { latitude: 52.5, longitude: 13.4 } },
      { type: 'contacts', contacts: [{ name: { formatted_name: 'Ada' }, phones: [{ phone: '+1' }] }] },
    ])
      await world.send(whatsapp(world, kind));
    const { turns, worker } = await turnsOf(world);
    expect(turns.map(({ kind, text, data }) => ({ kind, text, data }))).toEqual([
      { kind: 'button', text: 'Stop', data: { payload: 'STOP', title: 'Stop' } },
      { kind: 'interactive', text: 'Tea', data: { type: 'list_reply', id: 'r2', title: 'Tea' } },
      {
        kind: 'interactive',
        text: 'seats: 2',
        data: { type: 'nfm_reply', name: 'flow', answers: { seats: 2 } },
      },
      { kind: 'location', text: 'Location: 52.5, 13.4', data: { latitude: 52.5, longitude: 13.4 } },
      { kind: 'contacts', text: 'Contact: Ada, +1', data: [{ name: 'Ada', phones: ['+1'], emails: [] }] },
    ]);
    const { history } = storedHistory(worker.s3, '12025550143');
    const [button] = history.rows(100).map(({ blocks }) => blocks[0]?.metadata?.user_message);
    expect(button).toMatchObject({
      message_type: 'button',
      media_info: null,
      metadata: { data: { payload: 'STOP', title: 'Stop' } },
    });
    history.close();
  });

  it('stores what is known of a medium', async () => {
    const world = ingressWorld('whatsapp');
    const image = { id: 'm1', mime_type: 'image/jpeg', caption: 'look' };
    await world.send(whatsapp(world, { type: 'image', image }));
    const { worker } = await turnsOf(world);
    const { history } = storedHistory(worker.s3, '12025550143');
    expect(history.rows(1)[0]?.blocks[0]?.metadata?.user_message).toMatchObject({
      message_type: 'image',
      media_info: { kind: 'image', id: 'm1', mime_type: 'image/jpeg' },
    });
    history.close();
  });
});

describe('kinds that get no turn', () => {
  const poll = { type: 'unsupported', errors: [{ code: 131051 }] };

  it('bot A49: without a text nothing is called', async () => {
    const world = ingressWorld('whatsapp');
    expect(await world.send(whatsapp(world, poll))).toMatchObject({
      statusCode: 200,
      body: '"Webhook received."',
    });
    expect(world.tap.calls).toEqual([]);
    expect(rules(world)).toEqual(['unsupported']);
  });

  it('bot A49: with a text, three in an hour are one notice job, one DynamoDB call and one send', async () => {
    const environment = { UNSUPPORTED_MESSAGE: 'I cannot read this.' };
    const containers = [ingressWorld('whatsapp', environment), ingressWorld('whatsapp', environment)];
    for (const world of containers)
      for (let time = 0; time < 3; time++) await world.send(whatsapp(world, poll));
    const jobs = containers.flatMap(jobsOf);
    expect(jobs).toMatchObject([
      { job_kind: 'notice', notice: 'unsupported', chat_id: '12025550143' },
      { job_kind: 'notice', notice: 'unsupported', chat_id: '12025550143' },
    ]);
    const worker = workerWorld({ environment });
    const [first, second] = jobs as unknown as Job[];
    await worker.worker(asynchronous(first as Job), context());
    expect(worker.tap.calls).toEqual(['UpdateItem', 'send']);
    await worker.another().worker(asynchronous(second as Job), context());
    expect(worker.provider.sent.map(({ text }) => text)).toEqual(['I cannot read this.']);
    expect(worker.tap.calls).toEqual(['UpdateItem', 'send', 'UpdateItem']);
  });

  it('bot A49: a Telegram dice is answered in the answer itself, once in an hour, with no AWS call', async () => {
    const world = ingressWorld('telegram', { UNSUPPORTED_MESSAGE: 'I cannot read this.' });
    const dice = () => telegram({ message: message(world, { dice: { emoji: '🎲', value: 4 } }) });
    const first = await world.send(dice());
    expect(first.statusCode).toBe(200);
    expect(JSON.parse(first.body)).toEqual({
      method: 'sendMessage',
      chat_id: '7',
      text: 'I cannot read this.',
    });
    expect((await world.send(dice())).body).toBe('"Webhook received."');
    world.clock.jump(3_600_000);
    expect(JSON.parse((await world.send(dice())).body)).toMatchObject({ method: 'sendMessage' });
    expect(world.tap.calls).toEqual([]);
  });

  it('shows no typing where no reply will follow', async () => {
    const world = ingressWorld('telegram');
    const my_chat_member = { ...message(world, {}), new_chat_member: { status: 'kicked' } };
    expect((await world.send(telegram({ my_chat_member }))).body).toBe('"Webhook received."');
    expect(jobsOf(world)).toMatchObject([{ job_kind: 'turn', chat_id: '7' }]);
  });

  it('hands over what the platform itself tells, however old, from a group, and beyond the rate', async () => {
    const world = ingressWorld('telegram', { INGRESS_RATE_PER_MINUTE: '1' });
    const kicked = { ...message(world, { chat: group }), new_chat_member: { status: 'kicked' } };
    world.clock.jump(3_600_000);
    for (let time = 0; time < 3; time++) await world.send(telegram({ my_chat_member: kicked }));
    expect(jobsOf(world)).toHaveLength(3);
    const system = { type: 'user_changed_number', customer: '12025550143', wa_id: '12025550144' };
    const number = ingressWorld('whatsapp', { INGRESS_RATE_PER_MINUTE: '1' });
    const changed = () => whatsapp(number, { type: 'system', system, timestamp: '1' });
    for (let time = 0; time < 2; time++) await number.send(changed());
    expect(jobsOf(number)).toMatchObject([{ chat_id: '12025550143' }, { chat_id: '12025550143' }]);
    expect([...rules(world), ...rules(number)]).toEqual([]);
  });

  it('captures a body that is nested too deeply', async () => {
    const world = ingressWorld('telegram', { CAPTURE_FAILED_EVENTS: 'true' });
    const body = `{"update_id":1,"message":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}}`;
    expect(await world.send({ ...telegram({}), body })).toMatchObject({
      body: '"Webhook received (warning)."',
    });
    expect(world.tap.calls).toEqual(['PutObject']);
  });
});

it('a queue takes the notice as it takes a turn', async () => {
  const environment = { UNSUPPORTED_MESSAGE: 'no', MAWS_BUSY_POLICY: 'fifo', MAWS_QUEUE_URL: QUEUE_URL };
  const world = ingressWorld('whatsapp', environment);
  expect(await world.send(whatsapp(world, { type: 'unsupported' }))).toMatchObject({
    body: '"Webhook received."',
  });
  expect(world.sqs.messages(QUEUE_URL).map(({ body }) => JSON.parse(body).maws_job.job_kind)).toEqual([
    'notice',
  ]);
});

describe('a notice names where it goes and nothing else, however large its message was', () => {
  const environment = {
    UNSUPPORTED_MESSAGE: 'no',
    INGRESS_RATE_PER_MINUTE: '1',
    RATE_LIMIT_MESSAGE: 'slow',
    GROUP_POLICY: 'all',
  };
  const large = 'x'.repeat(1_200_000);

  it('WhatsApp: no object; the worker answers with the number, in the group', async () => {
    const world = ingressWorld('whatsapp', environment);
    await world.send(whatsapp(world, { type: 'unsupported', group_id: 'team', large }));
    expect(world.s3.keys()).toEqual([]);
    const [job] = jobsOf(world) as unknown as Job[];
    const value = { metadata: { phone_number_id: '100000000000001' }, messages: [{ group_id: 'team' }] };
    expect(job).toMatchObject({ job_kind: 'notice', chat_id: 'team', user_id: '12025550143' });
    expect(job?.payload).toEqual({ entry: [{ changes: [{ value }] }] });
    const { worker, provider } = workerWorld({ environment });
    await worker(asynchronous(job as Job), context());
    expect(provider.sent).toMatchObject([{ chatId: 'team', text: 'no', body: { recipient_type: 'group' } }]);
  });

  it('Telegram: no object; the worker answers in the topic', async () => {
    const world = ingressWorld('telegram', environment);
    const topic = { chat: group, is_topic_message: true, message_thread_id: 12, text: 'a' };
    await world.send(telegram({ message: message(world, topic) }));
    await world.send(telegram({ message: message(world, { ...topic, large }) }));
    expect(world.s3.keys()).toEqual([]);
    const [, job] = jobsOf(world) as unknown as Job[];
    expect(job).toMatchObject({ job_kind: 'notice', notice: 'rate_limited', chat_id: '-100' });
    expect(job?.payload).toEqual({ message: { is_topic_message: true, message_thread_id: 12 } });
    const { worker, provider } = workerWorld({ provider: 'telegram', environment });
    await worker(asynchronous(job as Job), context());
    expect(provider.sent).toMatchObject([{ chatId: '-100', text: 'slow', body: { message_thread_id: 12 } }]);
  });
});
