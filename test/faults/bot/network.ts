import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import type { StandIn } from '../../../local/stand-ins/stand-in.ts';
import { createTelegramStandIn } from '../../../local/stand-ins/telegram.ts';
import type { Agent } from '../../../runtime/bot/agent.ts';
import type { AwsCall, Fields } from '../../support/tap.ts';
import { type FaultKind, UNCLEAR_KINDS } from '../fault-kinds.ts';
import { faultyTap } from '../faulty-tap.ts';
import type { BotContainer as Container } from './container.ts';
import type { World } from './world.ts';

/** The word for a call in the report. */
export function labelOf({ service, name, input }: AwsCall): string {
  if (service === 's3') return `${name} ${String(input.Key).startsWith('history/') ? 'history' : 'captured'}`;
  if (service !== 'dynamodb' || name === 'TransactWriteItems') return name;
  const key = String((input.Key as Fields | undefined)?.user_id?.S);
  return `${name} ${key.startsWith('evt:') ? 'event' : 'lock'}`;
}

/** A container's clients, whose calls may meet faults. */
export function containerNetwork(world: World, container: Container) {
  const tap = faultyTap(container, {
    foreverMillis: world.foreverMillis,
    latencyMillis: () => world.latencyMillis(),
    meet: (call) => world.meet(container, labelOf(call)),
    before: (call, fault) => {
      if (fault === 'partial') world.sqs.refuseLastEntry = true;
      world.watch.before(container, call);
    },
    after: (call) => world.watch.after(container, call),
  });
  return {
    clients: {
      s3: world.s3.as(tap),
      dynamodb: world.dynamodb.as(tap),
      sqs: world.sqs.as(tap),
      lambda: world.lambda.as(tap),
      ssm: world.ssm.as(tap),
      fetch: containerFetch(world, container),
    },
    agent: containerAgent(world, container),
  };
}

/** How the stand-in plays a fault of a send. */
const PROVIDER_FAULTS: Partial<Record<FaultKind, Parameters<StandIn['fail']>[0]>> = {
  fail: { kind: 'unreachable' },
  down: { kind: 'unreachable' },
  outage: { kind: 'unreachable' },
  lost: { kind: 'lose-answer' },
  'lost-down': { kind: 'lose-answer' },
  throttle: { kind: 'throttle', retryAfterSeconds: 2 },
  timeout: { kind: 'hang' },
  'timeout-done': { kind: 'hang', accept: true },
  refuse: { kind: 'refuse' },
  html: { kind: 'html' },
  'html-done': { kind: 'html', accept: true },
};

function containerFetch(world: World, container: Container): typeof fetch {
  const nowMillis = () => world.clock.nowMillis();
  const make = world.schedule.scenario.channel === 'whatsapp' ? createGraphStandIn : createTelegramStandIn;
  const standIn = make({ nowMillis });
  return async (input, init) => {
    const label = String(input).endsWith('/media') ? 'POST media' : 'POST message';
    const fault = world.meet(container, label);
    if (label === 'POST message') world.watch.sends(container, textIn(init));
    await container.clock.sleep(world.latencyMillis());
    if (fault === 'die') await container.die();
    const rule = fault && (fault === 'expired' ? world.expiredToken : PROVIDER_FAULTS[fault]);
    if (rule) standIn.fail(rule);
    const before = standIn.sent.length;
    const answer = standIn.fetch(input, init);
    answer.catch(() => {});
    // The verdict is there before the next sleeper wakes, also when the answer hangs.
    await world.clock.sleep(0);
    const sent = standIn.sent[before];
    if (sent) world.watch.accepted(container, sent, fault !== undefined && UNCLEAR_KINDS.has(fault));
    if (fault === 'die-after') await container.die();
    const response = await answer;
    await container.clock.sleep(world.latencyMillis());
    return response;
  };
}

/** The agent of the bot: it thinks, and its texts tell which event, run and part they belong to. */
function containerAgent(world: World, container: Container): Agent {
  return async (turn) => {
    const fault = world.meet(container, 'agent');
    const { message, run } = world.watch.asked(container, turn);
    await container.clock.sleep(message.agentMillis);
    if (fault === 'die') await container.die();
    if (fault === 'timeout') await container.clock.sleep(world.foreverMillis);
    if (fault === 'fail' || fault === 'outage') throw new Error('The agent failed');
    if (message.parts === 0) return null;
    return Array.from({ length: message.parts }, (_, index) => {
      const text = `${turn.eventId}|${run}|${index + 1}`;
      // The last part may be a picture, and its caption tells what it is.
      return index + 1 === message.parts && message.picture
        ? pictureBlock(message.picture, text)
        : { type: 'text', content: text };
    });
  };
}

function pictureBlock(picture: 'url' | 'bytes', caption: string) {
  const source =
    picture === 'url'
      ? { kind: 'url', url: 'https://pictures.example/one.png' }
      : { kind: 'b64', b64: 'iVBORw0KGgo=', mime_type: 'image/png', filename: 'one.png' };
  return { type: 'image', content: { ...source, caption } };
}

/** The text or caption of a message on its way to a platform. */
function textIn(init: RequestInit | undefined): string {
  const body = init?.body;
  if (body instanceof FormData) return String(body.get('caption') ?? '');
  const { text, caption, image } = JSON.parse(String(body)) as Fields;
  return text?.body ?? text ?? caption ?? image?.caption ?? '';
}
