import type { Clock } from '../../runtime/core/clock.ts';
import { FUNCTION_ARN } from '../support/events.ts';
import type { FunctionRun } from './invocation.ts';

export interface InvocationContext {
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

export type Handler = (event: unknown, context: InvocationContext) => Promise<unknown>;

const never = new Promise<never>(() => {});

/** One Lambda execution environment: it keeps what is warm, and when it dies nothing more comes of its code. */
export class Container<Run extends FunctionRun> {
  alive = true;
  invocation: Run | undefined;
  /** What its code gets. */
  readonly clock: Clock;
  private readonly handler: Handler;
  private onDeath: () => void = () => {};
  private frozenUntilMillis = 0;

  constructor(
    readonly hop: string,
    private readonly time: Clock,
    build: (container: Container<Run>) => Handler,
  ) {
    this.clock = {
      nowMillis: () => time.nowMillis(),
      sleep: (millis, signal) => time.sleep(millis, signal).then(() => this.whileAlive()),
    };
    this.handler = build(this);
  }

  /** Resolves while the environment lives and is not frozen, and never after its death. */
  whileAlive(): Promise<void> {
    if (!this.alive) return never;
    const left = this.frozenUntilMillis - this.time.nowMillis();
    return left > 0 ? this.time.sleep(left).then(() => this.whileAlive()) : Promise.resolve();
  }

  /** Nothing of its code goes on for so long, and the world does. */
  freeze(millis: number): void {
    this.frozenUntilMillis = this.time.nowMillis() + millis;
  }

  die(): Promise<never> {
    this.alive = false;
    this.onDeath();
    return never;
  }

  /** Runs the function to its answer, its error, its death or its timeout. */
  async run(invocation: Run, event: unknown, timeoutMillis: number): Promise<unknown> {
    this.invocation = invocation;
    const end = this.time.nowMillis() + timeoutMillis;
    const over = new AbortController();
    const death = new Promise<void>((resolve) => {
      this.onDeath = resolve;
    });
    const timeout = this.time.sleep(timeoutMillis, over.signal).then(
      () => void this.die(),
      () => {},
    );
    const context = {
      awsRequestId: invocation.requestId,
      invokedFunctionArn: FUNCTION_ARN,
      getRemainingTimeInMillis: () => end - this.time.nowMillis(),
    };
    let answer: unknown;
    const work = this.handler(event, context).then(
      (value) => {
        if (this.alive) invocation.status = 'ok';
        answer = value;
      },
      (error: unknown) => {
        if (this.alive) invocation.status = 'error';
        answer = error;
      },
    );
    await Promise.race([work, death, timeout]);
    if (!this.alive) invocation.status = 'died';
    over.abort('over');
    this.invocation = undefined;
    return answer;
  }
}
