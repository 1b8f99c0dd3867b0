import { TWILIO_TEST } from '../../../local/recordings/twilio.ts';
import { twilioError } from '../../../local/stand-ins/twilio-errors.ts';
import { listPage, messageResource } from '../../../local/stand-ins/twilio-messages.ts';
import { TABLES } from '../../runtime/replies/tables.ts';
import type { AwsCall, Fields } from '../../support/tap.ts';
import type { FaultKind } from '../fault-kinds.ts';
import { faultyTap } from '../faulty-tap.ts';
import type { RepliesContainer } from './container.ts';
import { modelAnswer } from './model.ts';
import { MODEL_HOST } from './settings.ts';
import type { World } from './world.ts';

const TABLE_WORDS: Readonly<Record<string, string>> = {
  [TABLES.conversations]: 'record',
  [TABLES.stage]: 'stage',
  [TABLES.triggerLock]: 'lock',
  [TABLES.archive]: 'archive',
};

/** The word for a call in the report. */
export function labelOf({ service, name, input }: AwsCall): string {
  if (service === 'sqs' && name === 'SendMessage')
    return `SendMessage ${String(input.QueueUrl).includes('human') ? 'human' : 'trigger'}`;
  if (service !== 'dynamodb' || input.TableName === undefined) return name;
  const table = TABLE_WORDS[String(input.TableName)];
  return `${name} ${table === 'record' && name === 'UpdateItem' ? purposeOf(input) : table}`;
}

/** What a write to a record is for, by the attributes that it names. */
export function purposeOf(input: AwsCall['input']): string {
  const update = String(input.UpdateExpression);
  const names = Object.values((input.ExpressionAttributeNames ?? {}) as Fields).map(String);
  const has = (name: string) => names.includes(name);
  if (update.includes('status_before_lock = if_not_exists')) return 'lease';
  if (has('delivery_status')) return 'delivery';
  if (has('messages')) return 'entries';
  if (has('processing_started_at')) return 'release';
  if (has('send_started_at')) return 'begin';
  if (has('sid')) return 'mark';
  if (has('hand_off_to_human')) return 'hand-off';
  return has('lock_expires_at') ? 'renewal' : 'turn';
}

/** A container's clients, whose calls may meet faults. */
export function containerClients(world: World, container: RepliesContainer) {
  const { dynamodb } = world;
  const tap = faultyTap(container, {
    foreverMillis: world.foreverMillis,
    latencyMillis: () => world.latencyMillis(),
    meet: (call) => world.meet(container, labelOf(call)),
    before: (_call, fault) => {
      dynamodb.unprocessed = fault === 'unprocessed' ? () => 1 : undefined;
    },
    after: (call) => world.watch.after(container, call),
  });
  return {
    dynamodb: dynamodb.as(tap),
    sqs: world.sqs.as(tap),
    secretsManager: world.secrets.as(tap),
    fetch: containerFetch(world, container),
  };
}

/** What a service answers: a status and JSON, or HTML. */
interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const HTML: Answer = { status: 502 };
const quota = { error: { type: 'insufficient_quota', code: 'insufficient_quota', message: '' } };

/** Refusals in the services' own words: nothing was done. */
const REFUSALS: Readonly<Record<'twilio' | 'model', Partial<Record<FaultKind, Answer>>>> = {
  twilio: {
    throttle: { ...twilioError(20429), headers: { 'retry-after': '2' } },
    refuse: twilioError(21211),
    expired: twilioError(20003),
    unsubscribed: twilioError(21610),
    'too-long': twilioError(21617),
    broken: twilioError(20500, { status: 500 }),
    html: HTML,
  },
  model: {
    throttle: {
      status: 429,
      json: { error: { code: 'rate_limit_exceeded' } },
      headers: { 'retry-after': '2' },
    },
    refuse: { status: 400, json: { error: { code: 'invalid_prompt' } } },
    expired: { status: 401, json: { error: { code: 'invalid_api_key' } } },
    quota: { status: 429, json: quota },
    broken: { status: 500, json: { error: { code: 'server_error' } } },
    html: HTML,
  },
};

/** Answers that a fault puts in the place of the right one, after the work was done. */
const SPOILED: Partial<Record<FaultKind, Answer>> = {
  'broken-done': twilioError(20500, { status: 500 }),
  'html-done': HTML,
};

const connectionError = (code: string) => Object.assign(new TypeError('fetch failed'), { cause: { code } });

/** The container's way to Twilio and to the model. */
function containerFetch(world: World, container: RepliesContainer): typeof fetch {
  return async (input, init) => {
    const url = new URL(String(input));
    const service = url.host === MODEL_HOST ? 'model' : 'twilio';
    const method = init?.method ?? 'GET';
    const label = service === 'model' ? 'POST model' : `${method} message${method === 'GET' ? 's' : ''}`;
    const fault = world.meet(container, label);
    const signal = init?.signal ?? undefined;
    await container.clock.sleep(world.latencyMillis(), signal);
    if (fault === 'die') await container.die();
    if (fault === 'fail' || fault === 'down' || fault === 'outage') throw connectionError('ECONNREFUSED');
    if (fault === 'timeout') await container.clock.sleep(world.foreverMillis, signal);
    const refusal = fault && REFUSALS[service][fault];
    if (refusal) return respond(refusal);
    const answer =
      service === 'model'
        ? await modelAnswer(world, container, String(init?.body), signal)
        : twilioAnswer(world, container, url, init?.body);
    if (fault === 'die-after') await container.die();
    if (fault === 'timeout-done') await container.clock.sleep(world.foreverMillis, signal);
    await container.clock.sleep(world.latencyMillis(), signal);
    if (fault === 'lost' || fault === 'lost-down') throw connectionError('ECONNRESET');
    return respond((fault && SPOILED[fault]) ?? answer);
  };
}

function twilioAnswer(world: World, container: RepliesContainer, url: URL, body: unknown): Answer {
  const { accountSid } = TWILIO_TEST;
  if (!(body instanceof URLSearchParams))
    return { status: 200, json: listPage(url, world.twilio.listed, accountSid) };
  const [from = '', to = '', text = ''] = ['From', 'To', 'Body'].map((name) => body.get(name) ?? undefined);
  const statusCallback = body.get('StatusCallback') ?? undefined;
  const message = world.twilio.add({ from, to, body: text, statusCallback });
  world.watch.accepted(container, message);
  return { status: 201, json: messageResource(message, accountSid) };
}

/** As much of a response as the runtime reads, without streams: these would let time go on. */
function respond({ status, json, headers = {} }: Answer): Response {
  const text = json === undefined ? '<html><body>Bad Gateway</body></html>' : JSON.stringify(json);
  return {
    status,
    ok: status < 300,
    headers: new Headers(headers),
    text: async () => text,
  } as Response;
}
