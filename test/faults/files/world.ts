import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { buildDetectorHandler } from '../../../runtime/files/detector-handler.ts';
import { buildWorkerHandler } from '../../../runtime/files/worker-handler.ts';
import { EXECUTIONS_SCHEMA, LOCKS_SCHEMA } from '../../conformance/files-tables.ts';
import { result } from '../../runtime/files/run/world.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeLambda } from '../../support/fake-lambda.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { Container, drive, Killer } from '../../support/killable.ts';
import { awsError, operationOf } from '../../support/tap.ts';

/** What befalls one AWS call. */
export const KINDS = [
  'fail',
  'throttle',
  'lost',
  'outage',
  'die',
  'die-after',
  /** The process stands still before the call, until another has run the next attempt to its end. */
  'overtaken',
  /** The same, until another attempt has been dispatched and not run. */
  'frozen',
] as const;
export type Kind = (typeof KINDS)[number];

/** Whose calls: of the first and the second run, or of all passes of the detector together. */
export const ACTORS = ['run 1', 'run 2', 'detector'] as const;
export type Actor = (typeof ACTORS)[number];

export interface Fault {
  /** Default: the first run. */
  readonly actor?: Actor;
  /** From 0, of the actor's calls. */
  readonly call: number;
  readonly kind: Kind;
}

const ROUNDS = 40;
const MINUTE = 60_000;
const OUTPUTS = ['output.csv', 'output.log', 'report.json'];

/** One execution in a cloud that fails as it is told: worker, detector, bucket, tables and the queue of invocations. */
export class FilesWorld {
  readonly clock = new FakeClock({ auto: false });
  readonly dynamodb = new FakeDynamoDb({ locks: LOCKS_SCHEMA, executions: EXECUTIONS_SCHEMA });
  readonly s3 = new FakeS3(['bucket']);
  readonly lambda = new FakeLambda();
  readonly violations: string[] = [];
  /** Labels of the calls of each actor. */
  readonly made: Readonly<Record<Actor, string[]>> = { 'run 1': [], 'run 2': [], detector: [] };
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), 'files-faults-'));
  private readonly events: unknown[] = [];
  private runs = 0;
  private manifestKey: string | undefined;
  private readonly environment = {
    SAGE_S3_BUCKET: 'bucket',
    SAGE_LOCK_TABLE: 'locks',
    SAGE_EXECUTIONS_TABLE: 'executions',
    SAGE_LAMBDA_FUNCTION: 'f',
  };

  constructor(private readonly faults: readonly Fault[] = []) {
    this.lambda.onInvoke = ({ payload }) => void this.events.push(payload);
  }

  async run(): Promise<void> {
    try {
      await this.put('data.csv', 'a\n1\n');
      this.events.push({ execution_id: 'e1', yaml_config: 'a: 1', input_files: [{ filename: 'data.csv' }] });
      for (let round = 0; round < ROUNDS && !this.isDone; round++) {
        await this.work();
        // Of an execution that is not even written down, the sender tries again.
        if (!this.record && this.events.length === 0)
          this.events.push({
            execution_id: 'e1',
            yaml_config: 'a: 1',
            input_files: [{ filename: 'data.csv' }],
          });
        await this.pass();
      }
      this.checkEnd();
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  private async put(name: string, content: string): Promise<void> {
    const Key = `executions/e1/${name}`;
    await this.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: Buffer.from(content) }));
  }

  private get record() {
    return this.dynamodb.item('e1', 'executions');
  }

  private get isDone(): boolean {
    return this.record?.published_at !== undefined || this.record?.state?.S === 'DEAD';
  }

  private async work(): Promise<void> {
    for (let event = this.events.shift(); event !== undefined; event = this.events.shift())
      await this.invoke(event);
  }

  private async pass(): Promise<void> {
    this.clock.jump(MINUTE);
    const container = new Container(new Killer(), this.clock);
    const handler = buildDetectorHandler({
      clients: {
        dynamodb: this.faulty('detector', container, 'dynamodb', this.dynamodb),
        s3: this.faulty('detector', container, 's3', this.s3),
        lambda: this.faulty('detector', container, 'lambda', this.lambda),
        clock: container.clock,
      },
      environment: this.environment,
      writeLog: () => {},
    });
    await drive(handler({}), container, this.clock).catch(() => undefined);
  }

  private async invoke(event: unknown): Promise<void> {
    const number = ++this.runs;
    const actor = ACTORS.find((each) => each === `run ${number}`);
    const container = new Container(new Killer(), this.clock);
    const handler = buildWorkerHandler({
      clients: {
        dynamodb: this.faulty(actor, container, 'dynamodb', this.dynamodb),
        s3: this.faulty(actor, container, 's3', this.s3),
        clock: container.clock,
      },
      environment: this.environment,
      temporaryFolder: path.join(this.folder, String(number)),
      process: async ({ executionDir }) => {
        await mkdir(path.join(executionDir, 'out'), { recursive: true });
        for (const name of OUTPUTS) await writeFile(path.join(executionDir, 'out', name), `run ${number}\n`);
        return result({ execution_id: `run ${number}` });
      },
      writeLog: () => {},
    });
    const context = { awsRequestId: String(number), getRemainingTimeInMillis: () => 900_000 };
    await drive(handler(event, context), container, this.clock).catch(() => undefined);
  }

  /** A client whose calls meet the actor's faults. */
  private faulty(actor: Actor | undefined, container: Container, service: string, fake: Fake) {
    const client = container.client(service, this.watched(fake));
    let isDown = false;
    return {
      send: async (command: Command) => {
        if (actor === undefined) return client.send(command);
        const index = this.made[actor].push(`${service} ${operationOf(command)}`) - 1;
        const kind = this.faults.find(
          (each) => (each.actor ?? 'run 1') === actor && each.call === index,
        )?.kind;
        if (kind === 'outage') isDown = true;
        if (isDown || kind === 'fail') throw awsError('InternalServerError', 500);
        if (kind === 'throttle') throw awsError('ThrottlingException', 400);
        if (kind === 'die') return this.end(container);
        if (kind === 'overtaken' || kind === 'frozen') await this.standStill(kind);
        const answer = await client.send(command);
        if (kind === 'lost') throw awsError('TimeoutError', 500);
        return kind === 'die-after' ? this.end(container) : answer;
      },
    };
  }

  private end(container: Container): Promise<never> {
    container.isDead = true;
    (container as unknown as { end: () => void }).end();
    return new Promise(() => {});
  }

  private async standStill(kind: Kind): Promise<void> {
    this.clock.jump(400_000);
    for (let pass = 0; pass < 3; pass++) {
      await this.pass();
      this.clock.jump(120_000);
    }
    if (kind === 'overtaken') await this.work();
  }

  /** Looks at what a reader would see after each call. */
  private watched(fake: Fake) {
    return {
      send: async (command: Command) => {
        try {
          return await fake.send(command);
        } finally {
          this.checkReader();
        }
      },
    };
  }

  private text(name: string): string | undefined {
    const object = this.s3.buckets.get('bucket')?.get(`executions/e1/${name}`);
    return object && Buffer.from(object.body).toString();
  }

  private violated(what: string): void {
    if (!this.violations.includes(what)) this.violations.push(what);
  }

  /** Readers follow the record: what it names is whole, of one run, and stays. */
  private checkReader(): void {
    const key = this.record?.manifest_key?.S;
    if (this.manifestKey !== undefined && key !== this.manifestKey)
      this.violated('the manifest of the record changed');
    if (key === undefined || key === this.manifestKey) return;
    this.manifestKey = key;
    const text = this.text(key);
    if (text === undefined) {
      this.violated('the record names a manifest that is not there');
      return;
    }
    const manifest = JSON.parse(text);
    const run = `${manifest.result.execution_id}\n`;
    for (const name of OUTPUTS)
      if (this.text(`${path.posix.dirname(key)}/${name}`) !== run)
        this.violated(`${name} of the manifest is not whole`);
    if (manifest.outputs.length !== OUTPUTS.length) this.violated('the manifest lists too little');
  }

  private checkEnd(): void {
    const { record } = this;
    if (record?.state?.S !== 'SUCCEEDED') {
      this.violated(`it ended as ${record?.state?.S ?? 'nothing'}`);
      return;
    }
    if (record.published_at === undefined) this.violated('it was never published');
    const manifest = this.text(record.manifest_key?.S ?? '');
    if (this.text('manifest.json') !== manifest) this.violated('the plain manifest is another');
    const run = `${JSON.parse(manifest ?? '{}').result?.execution_id}\n`;
    for (const name of OUTPUTS)
      if (this.text(name) !== run) this.violated(`the plain ${name} is of another run`);
    const lock = [...this.dynamodb.items('locks').values()][0];
    const millis = Number(lock?.expiration_time?.N ?? 0) * 1000;
    if (millis > this.clock.nowMillis() + 120_000) this.violated('a lock outlives its expiry');
  }
}

type Command = { readonly input: Record<string, unknown> };
type Fake = { send(command: { readonly input: object }): Promise<unknown> };
