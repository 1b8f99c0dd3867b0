import type { StandInCall } from '../../local/stand-ins/stand-in.ts';
import { aliasTarget } from '../../runtime/bot/history-alias.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeDynamoDb } from '../support/fake-dynamodb.ts';
import { FakeLambda } from '../support/fake-lambda.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { FakeSqs } from '../support/fake-sqs.ts';
import { FakeSsm } from '../support/fake-ssm.ts';
import type { AwsCall, Fields } from '../support/tap.ts';
import { Container } from './container.ts';
import { type FaultKind, kindsFor } from './fault-kinds.ts';
import { containerNetwork } from './network.ts';
import type { EventRecord, Invocation } from './observation.ts';
import { Random } from './random.ts';
import type { Schedule } from './schedule.ts';
import { botEnvironment, DEAD_LETTER_URL, ENV_TEXT, QUEUE_URL } from './settings.ts';

const OUTAGE_MILLIS = 600_000;
const INGRESS_TIMEOUT_MILLIS = 10_000;
export const WORKER_TIMEOUT_MILLIS = 30_000;
export const LOCK_TTL_SECONDS = 180;

/** A fault as it happened. */
export interface MetFault {
  readonly label: string;
  readonly kind: FaultKind;
}

/** The simulated AWS account and platform of one schedule, and the record of all that happens in it. */
export class World {
  readonly clock = new FakeClock();
  readonly random: Random;
  readonly dynamodb = new FakeDynamoDb();
  readonly s3 = new FakeS3();
  readonly lambda = new FakeLambda();
  readonly ssm = new FakeSsm();
  readonly sqs: FakeSqs;
  readonly environment: Readonly<Record<string, string>>;
  readonly events = new Map<string, EventRecord>();
  readonly invocations = new Map<string, Invocation>();
  /** Labels of all calls in order, and the faults that were met. */
  readonly calls: string[] = [];
  readonly met: MetFault[] = [];
  readonly violations: string[] = [];
  readonly failureQueue: unknown[] = [];
  readonly trace: string[] = [];
  readonly foreverMillis = 3_600_000;
  readonly expiredToken;
  /** Faults still to come; switched off for the operator's part. */
  faultsOn = true;
  /** Set by the actors: what a duplicate, a new message in the queue, an accepted part sets going. */
  onDuplicate: (kind: FaultKind, invocation: Invocation) => void = () => {};
  onQueued: () => void = () => {};
  onAccepted: (event: EventRecord, part: number, sent: StandInCall) => void = () => {};
  private readonly containers: Container[] = [];
  private readonly outages = new Map<string, number>();
  private happenings = 0;
  private requests = 0;

  constructor(
    readonly schedule: Schedule,
    private readonly tmpDir: string,
    private readonly tracing = false,
  ) {
    this.random = new Random(schedule.seed ^ 0x5bd1e995);
    const { scenario } = schedule;
    this.environment = botEnvironment(scenario);
    this.expiredToken = {
      kind: 'refuse' as const,
      code: scenario.channel === 'whatsapp' ? 190 : 401,
    };
    this.ssm.parameters.set('/hookline/prod/env', ENV_TEXT);
    const main = { visibilityTimeoutSeconds: 180, maxReceiveCount: 5, deadLetterUrl: DEAD_LETTER_URL };
    this.sqs = new FakeSqs(this.clock, [{ url: QUEUE_URL, ...main }, { url: DEAD_LETTER_URL }]);
  }

  /** Places in the order of happenings: later is larger. */
  next(): number {
    this.happenings += 1;
    return this.happenings;
  }

  note(text: string): void {
    if (this.tracing) this.trace.push(`${((this.clock.nowMillis() % 86_400_000) / 1000).toFixed(3)} ${text}`);
  }

  log(container: Container, line: string): void {
    if (this.tracing) this.note(`${container.invocation?.requestId} log ${line}`);
  }

  latencyMillis(): number {
    return this.random.between(1, 30);
  }

  network(container: Container) {
    return containerNetwork(this, container);
  }

  /** Runs a function in a free environment, now and then in a cold one. */
  async invoke(hop: 'ingress' | 'worker', event: unknown, eventId?: string) {
    const invocation: Invocation = {
      requestId: `${hop}-${++this.requests}`,
      hop,
      eventId,
      startedAt: this.next(),
      status: 'running',
      faultsAt: [],
      sendsAt: [],
      sticky: new Map(),
      lockSeen: undefined,
    };
    this.invocations.set(invocation.requestId, invocation);
    const container = this.freeContainer(hop);
    this.note(`${invocation.requestId} starts ${eventId ?? ''}`);
    const answer = await container.run(
      invocation,
      event,
      hop === 'ingress' ? INGRESS_TIMEOUT_MILLIS : WORKER_TIMEOUT_MILLIS,
    );
    this.note(`${invocation.requestId} ${invocation.status} ${this.tracing ? JSON.stringify(answer) : ''}`);
    return { invocation, answer };
  }

  private freeContainer(hop: 'ingress' | 'worker'): Container {
    const free = this.containers.find(
      (container) => container.alive && container.hop === hop && !container.invocation,
    );
    if (free && !this.random.chance(0.1)) return free;
    const container = new Container(this, hop, `${this.tmpDir}/${this.containers.length % 50}`);
    this.containers.push(container);
    return container;
  }

  /** Counts a call and says which fault it meets. */
  meet(container: Container, name: string): FaultKind | undefined {
    const { invocation } = container;
    if (!invocation) return undefined;
    const label = `${invocation.hop} ${name}`;
    const fault = this.plannedFault(label) ?? invocation.sticky.get(label) ?? this.outage(label);
    this.note(
      `${invocation.requestId} call ${this.calls.length - 1} ${name}${fault ? ` FAULT ${fault}` : ''}`,
    );
    if (name === 'POST message') invocation.sendsAt.push(this.next());
    if (fault) invocation.faultsAt.push(this.next());
    if (fault === 'down' || fault === 'lost-down') invocation.sticky.set(label, fault);
    if (fault?.startsWith('duplicate')) {
      this.onDuplicate(fault, invocation);
      return undefined;
    }
    return fault;
  }

  /** Also used by the queue's event source mapping, which is no container. */
  plannedFault(label: string): FaultKind | undefined {
    const index = this.calls.push(label) - 1;
    const planned = this.faultsOn ? this.schedule.faults.find(({ call }) => call === index) : undefined;
    if (!planned) return undefined;
    const kinds = kindsFor(label, this.schedule.scenario.mode);
    const kind =
      typeof planned.kind === 'string'
        ? planned.kind
        : (kinds[Math.floor(planned.kind.choice * kinds.length)] as FaultKind);
    this.met.push({ label, kind });
    if (kind === 'outage') this.outages.set(label, this.clock.nowMillis() + OUTAGE_MILLIS);
    return kind;
  }

  private outage(label: string): 'outage' | undefined {
    const over = !this.faultsOn || (this.outages.get(label) ?? 0) <= this.clock.nowMillis();
    return over ? undefined : 'outage';
  }

  observeBefore(container: Container, { name, input }: AwsCall): void {
    const { invocation } = container;
    if (!invocation || name !== 'UpdateItem') return;
    const key = String((input.Key as Fields).user_id.S);
    if (key.startsWith('evt:')) return;
    const item = this.dynamodb.item(key);
    const holder = this.invocations.get(item?.owner?.S?.split(':')[0] ?? '');
    const inUse = holder !== undefined && (holder.status !== 'ok' || holder.faultsAt.length > 0);
    const nowSeconds = Math.floor(this.clock.nowMillis() / 1000);
    invocation.lockSeen = item && { item, nowSeconds, inUse };
  }

  observeAfter(container: Container, { service, name, input }: AwsCall): void {
    const { invocation } = container;
    if (!invocation) return;
    if (service === 'sqs' && name.startsWith('SendMessage')) this.observeQueued(input);
    const event = this.events.get(invocation.eventId ?? '');
    if (!event) return;
    const isHistory = String(input.Key).startsWith('history/') && !isAlias(input.Body);
    if (service === 's3' && name === 'PutObject' && isHistory) {
      const run = event.agentRuns.findLast((candidate) => candidate.invocation === invocation)?.run ?? 0;
      event.decisions.push({ at: this.next(), run });
    }
    if (service === 'dynamodb') this.observeMarks(event);
  }

  private observeQueued(input: AwsCall['input']): void {
    const entries = (input.Entries ?? [input]) as readonly Fields[];
    for (const { MessageBody } of entries) {
      const event = this.events.get(eventIdOf(MessageBody));
      if (event) event.queuedAt ??= this.next();
    }
    this.onQueued();
  }

  private observeMarks(event: EventRecord): void {
    const item = this.dynamodb.item(`evt:${this.schedule.scenario.channel}:${event.id}`) ?? {};
    for (const name of Object.keys(item))
      if (name.startsWith('accepted_')) {
        const part = Number(name.slice('accepted_'.length));
        if (!event.markedAt.has(part)) event.markedAt.set(part, this.next());
      }
  }

  observeAgent(container: Container, eventId: string) {
    const event = this.events.get(eventId);
    const { invocation } = container;
    if (!event || !invocation) throw new Error(`The agent was asked about an unknown event ${eventId}`);
    const run = event.agentRuns.length + 1;
    event.agentRuns.push({ at: this.next(), run, invocation });
    return { message: event.message, run };
  }

  observeAcceptance(container: Container, sent: StandInCall, unclear: boolean): void {
    const text = sent.text ?? '';
    const [eventId = '', run, part] = text.split('|');
    const event = this.events.get(eventId);
    const { invocation } = container;
    if (!event || !invocation || invocation.eventId !== eventId) {
      this.violations.push(`foreign: a message was sent that belongs to no event of its worker: ${text}`);
      return;
    }
    this.note(`${invocation.requestId} ACCEPTED part ${part} of ${eventId}`);
    event.accepted.push({ part: Number(part), run: Number(run), at: this.next(), invocation, unclear });
    this.onAccepted(event, Number(part), sent);
  }

  observeRefusal(container: Container): void {
    const event = this.events.get(container.invocation?.eventId ?? '');
    if (event) event.refused = true;
  }
}

/** The event of an envelope, as text or already parsed. */
export function eventIdOf(envelope: unknown): string {
  const value = typeof envelope === 'string' ? (JSON.parse(envelope) as unknown) : envelope;
  return (value as { maws_job?: { event_id?: string } }).maws_job?.event_id ?? '';
}

const isAlias = (body: unknown) => body instanceof Uint8Array && aliasTarget(body) !== undefined;
