import type { StandInCall } from '../../../local/stand-ins/stand-in.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeLambda } from '../../support/fake-lambda.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import { FakeSsm } from '../../support/fake-ssm.ts';
import type { FaultKind } from '../fault-kinds.ts';
import { FaultPlan } from '../fault-plan.ts';
import { Random } from '../random.ts';
import { type BotContainer as Container, startContainer } from './container.ts';
import { kindsFor } from './kinds.ts';
import type { EventRecord, Invocation } from './observation.ts';
import type { Schedule } from './schedule.ts';
import { botEnvironment, DEAD_LETTER_URL, ENV_TEXT, QUEUE_URL } from './settings.ts';
import { Watch } from './watch.ts';

const INGRESS_TIMEOUT_MILLIS = 10_000;
export const WORKER_TIMEOUT_MILLIS = 30_000;
export const LOCK_TTL_SECONDS = 180;

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
  readonly plan: FaultPlan;
  readonly violations: string[] = [];
  readonly watch = new Watch(this);
  readonly failureQueue: unknown[] = [];
  /** What the functions logged, in order. */
  readonly lines: string[] = [];
  readonly trace: string[] = [];
  readonly foreverMillis = 3_600_000;
  readonly expiredToken;
  /** Set by the actors: what a duplicate, a new message in the queue, an accepted part sets going. */
  onDuplicate: (kind: FaultKind, invocation: Invocation) => void = () => {};
  onQueued: () => void = () => {};
  onAccepted: (event: EventRecord, part: number, sent: StandInCall) => void = () => {};
  private readonly containers: Container[] = [];
  private happenings = 0;
  private requests = 0;

  constructor(
    readonly schedule: Schedule,
    readonly tmpDir: string,
    private readonly tracing = false,
  ) {
    this.random = new Random(schedule.seed ^ 0x5bd1e995);
    const { scenario } = schedule;
    this.plan = new FaultPlan(schedule.faults, this.clock, (label) => kindsFor(label, scenario.mode));
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
    this.lines.push(line);
    if (this.tracing) this.note(`${container.invocation?.requestId} log ${line}`);
  }

  latencyMillis(): number {
    return this.random.between(1, 30);
  }

  /** Runs a function in a free environment, now and then in a cold one. */
  async invoke(hop: 'ingress' | 'worker', event: unknown, eventIds: readonly string[] = []) {
    const invocation: Invocation = {
      requestId: `${hop}-${++this.requests}`,
      hop,
      eventIds,
      startedAt: this.next(),
      status: 'running',
      faultsAt: [],
      sendsAt: [],
      sticky: new Map(),
      lockSeen: undefined,
      turns: new Map(),
    };
    this.invocations.set(invocation.requestId, invocation);
    const container = this.freeContainer(hop);
    this.note(`${invocation.requestId} starts ${eventIds}`);
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
    const container = startContainer(this, hop, `${this.tmpDir}/${this.containers.length % 50}`);
    this.containers.push(container);
    return container;
  }

  /** Counts a call and says which fault it meets. */
  meet(container: Container, name: string): FaultKind | undefined {
    const { invocation } = container;
    if (!invocation) return undefined;
    const label = `${invocation.hop} ${name}`;
    const fault = this.plan.at(label, invocation);
    this.note(
      `${invocation.requestId} call ${this.plan.calls.length - 1} ${name}${fault ? ` FAULT ${fault}` : ''}`,
    );
    if (fault) invocation.faultsAt.push(this.next());
    if (fault?.startsWith('duplicate')) {
      this.onDuplicate(fault, invocation);
      return undefined;
    }
    return fault;
  }
}

/** The event of an envelope, as text or already parsed. */
export function eventIdOf(envelope: unknown): string {
  const value = typeof envelope === 'string' ? (JSON.parse(envelope) as unknown) : envelope;
  return (value as { maws_job?: { event_id?: string } }).maws_job?.event_id ?? '';
}
