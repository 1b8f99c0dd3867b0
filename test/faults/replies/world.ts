import { TWILIO_TEST } from '../../../local/recordings/twilio.ts';
import { TwilioStandInAccount } from '../../../local/stand-ins/twilio-account.ts';
import type { Item } from '../../../runtime/core/dynamodb-values.ts';
import { MODEL_SECRET, TWILIO_SECRET } from '../../runtime/replies/records.ts';
import { SCHEMAS, TABLES } from '../../runtime/replies/tables.ts';
import { CHANNEL_DLQ, CHANNEL_QUEUE, HUMAN_QUEUE, MAX_RECEIVES } from '../../runtime/replies/world-setup.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeSecrets } from '../../support/fake-secrets.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import type { FaultKind } from '../fault-kinds.ts';
import { FaultPlan } from '../fault-plan.ts';
import { Random } from '../random.ts';
import { type RepliesContainer, startContainer } from './container.ts';
import { kindsFor } from './kinds.ts';
import { Chat, type Hop, type Inbound, type Invocation } from './observation.ts';
import type { Schedule } from './schedule.ts';
import { conversationId, environmentOf, recordOf, userNumber } from './settings.ts';
import { Watch } from './watch.ts';

const TIMEOUT_MILLIS: Readonly<Record<Hop, number>> = { webhook: 10_000, worker: 600_000, sweeper: 60_000 };
/** Longer than any lease. */
const FREEZE_MILLIS = 200_000;
const CHATS = [1, 2];

/** What is no fault but happens at the moment of a call. */
const MOMENTS: ReadonlySet<FaultKind | undefined> = new Set<FaultKind>([
  'duplicate',
  'duplicate-late',
  'message',
  'stop',
  'takeover',
  'redeliver',
  'report',
]);

/** How long a call is on its way while callbacks come: longer than they take. */
const CALLBACK_MILLIS = 2000;

/** The simulated AWS account, Twilio, model and users of one schedule, and the record of all that happens. */
export class World {
  readonly clock = new FakeClock();
  readonly random: Random;
  readonly dynamodb = new FakeDynamoDb(SCHEMAS);
  readonly secrets = new FakeSecrets();
  readonly sqs: FakeSqs;
  readonly twilio: TwilioStandInAccount;
  readonly environment: Readonly<Record<string, string>>;
  readonly plan: FaultPlan;
  /** By sid, in the order in which the users wrote. */
  readonly inbound = new Map<string, Inbound>();
  readonly chats = new Map(CHATS.map((chat) => [chat, new Chat(chat)]));
  readonly violations: string[] = [];
  readonly watch = new Watch(this);
  readonly lines: string[] = [];
  readonly trace: string[] = [];
  readonly foreverMillis = 3_600_000;
  /** Set by the actors. */
  onMoment: (kind: FaultKind, invocation: Invocation) => void = () => {};
  onQueued: () => void = () => {};
  onAccepted: (sid: string) => void = () => {};
  private readonly containers: RepliesContainer[] = [];
  private happenings = 0;
  private delayMillis = 0;
  private requests = 0;

  constructor(
    readonly schedule: Schedule,
    private readonly tracing = false,
  ) {
    const { scenario, seed, faults } = schedule;
    this.random = new Random(seed ^ 0x5bd1e995);
    this.plan = new FaultPlan(faults, this.clock, (label) => kindsFor(label, scenario.isUnswept));
    this.environment = environmentOf(scenario);
    const { accountSid, authToken } = TWILIO_TEST;
    const { listLagMillis } = scenario;
    this.twilio = new TwilioStandInAccount({ accountSid, authToken, listLagMillis }, () =>
      this.clock.nowMillis(),
    );
    const channel = {
      visibilityTimeoutSeconds: 3600,
      maxReceiveCount: MAX_RECEIVES,
      deadLetterUrl: CHANNEL_DLQ,
    };
    this.sqs = new FakeSqs(this.clock, [
      { url: CHANNEL_QUEUE, ...channel },
      { url: CHANNEL_DLQ },
      { url: HUMAN_QUEUE },
    ]);
    this.secrets.secrets.set(MODEL_SECRET, JSON.stringify({ ai_api_key: 'sk-test' }));
    this.secrets.secrets.set(
      TWILIO_SECRET,
      JSON.stringify({ twilio_account_sid: accountSid, twilio_auth_token: authToken }),
    );
    for (const chat of CHATS) this.dynamodb.seed(recordOf(chat, scenario), TABLES.conversations);
  }

  /** Places in the order of happenings: later is larger. */
  next(): number {
    this.happenings += 1;
    return this.happenings;
  }

  note(text: string): void {
    if (this.tracing) this.trace.push(`${((this.clock.nowMillis() % 86_400_000) / 1000).toFixed(3)} ${text}`);
  }

  log(container: RepliesContainer, line: string): void {
    this.lines.push(line);
    if (this.tracing && !line.includes('"_aws"')) this.note(`${container.invocation?.requestId} log ${line}`);
  }

  /** How long the next call takes to get there, or its answer to come back. */
  latencyMillis(): number {
    const millis = this.delayMillis + this.random.between(1, 30);
    this.delayMillis = 0;
    return millis;
  }

  record(chat: number): Item {
    const item = this.dynamodb.item([userNumber(chat), conversationId(chat)], TABLES.conversations);
    if (!item) throw new Error('A record is gone');
    return item as Item;
  }

  /** Runs a function in a free environment, now and then in a cold one. */
  async invoke(hop: Hop, event: unknown, onStart: (invocation: Invocation) => void = () => {}) {
    const invocation: Invocation = {
      requestId: `${hop}-${++this.requests}`,
      hop,
      status: 'running',
      faultsAt: [],
      sticky: new Map(),
      frozenAt: -1,
      chat: undefined,
      sawLeased: new Set(),
    };
    onStart(invocation);
    this.note(`${invocation.requestId} starts`);
    const answer = await this.freeContainer(hop).run(invocation, event, TIMEOUT_MILLIS[hop]);
    this.note(`${invocation.requestId} ${invocation.status} ${this.tracing ? JSON.stringify(answer) : ''}`);
    return { invocation, answer };
  }

  private freeContainer(hop: Hop): RepliesContainer {
    const free = this.containers.find(
      (container) => container.alive && container.hop === hop && !container.invocation,
    );
    if (free && !this.random.chance(0.1)) return free;
    const container = startContainer(this, hop);
    this.containers.push(container);
    return container;
  }

  /** Counts a call and says which fault it meets; what others do at this moment is set going. */
  meet(container: RepliesContainer, name: string): FaultKind | undefined {
    const { invocation } = container;
    if (!invocation) return undefined;
    const fault = this.plan.at(`${invocation.hop} ${name}`, invocation);
    this.note(
      `${invocation.requestId} call ${this.plan.calls.length - 1} ${name}${fault ? ` FAULT ${fault}` : ''}`,
    );
    if (fault) invocation.faultsAt.push(this.next());
    if (fault === 'freeze') {
      invocation.frozenAt = this.next();
      container.freeze(FREEZE_MILLIS);
    }
    // The call that met it asks for its latency next.
    if (fault === 'report') this.delayMillis = CALLBACK_MILLIS;
    if (fault && MOMENTS.has(fault)) this.onMoment(fault, invocation);
    return MOMENTS.has(fault) ? undefined : fault;
  }
}
