import { mkdirSync } from 'node:fs';
import { buildLambdaHandler } from '../../runtime/bot/handler.ts';
import type { InvocationContext } from '../../runtime/bot/options.ts';
import type { Clock } from '../../runtime/core/clock.ts';
import { FUNCTION_ARN } from '../support/events.ts';
import type { Invocation } from './observation.ts';
import type { World } from './world.ts';

const never = new Promise<never>(() => {});

/** One Lambda execution environment: it keeps what is warm, and when it dies nothing more comes of its code. */
export class Container {
  alive = true;
  invocation: Invocation | undefined;
  private readonly handler: (event: unknown, context: InvocationContext) => Promise<unknown>;
  private onDeath: () => void = () => {};
  readonly clock: Clock;

  constructor(
    readonly world: World,
    readonly hop: 'ingress' | 'worker',
    tmpDir: string,
  ) {
    mkdirSync(tmpDir, { recursive: true });
    this.clock = {
      nowMillis: () => world.clock.nowMillis(),
      sleep: (millis, signal) => world.clock.sleep(millis, signal).then(() => this.whileAlive()),
    };
    const { clients, agent } = world.network(this);
    this.handler = buildLambdaHandler(undefined, {
      agent,
      clients: { ...clients, clock: this.clock },
      environment: { ...world.environment, MAWS_TMP_DIR: tmpDir },
      writeLog: (line) => world.log(this, line),
    });
  }

  /** Resolves at once while the environment lives, and never after its death. */
  whileAlive(): Promise<void> {
    return this.alive ? Promise.resolve() : never;
  }

  die(): Promise<never> {
    this.alive = false;
    this.onDeath();
    return never;
  }

  /** Runs the function to its answer, its error, its death or its timeout. */
  async run(invocation: Invocation, event: unknown, timeoutMillis: number): Promise<unknown> {
    this.invocation = invocation;
    const { clock } = this.world;
    const end = clock.nowMillis() + timeoutMillis;
    const over = new AbortController();
    const death = new Promise<void>((resolve) => {
      this.onDeath = resolve;
    });
    const timeout = clock.sleep(timeoutMillis, over.signal).then(
      () => void this.die(),
      () => {},
    );
    const context = {
      awsRequestId: invocation.requestId,
      invokedFunctionArn: FUNCTION_ARN,
      getRemainingTimeInMillis: () => end - clock.nowMillis(),
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
