import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { redrive } from '../../../runtime/bot/redrive.ts';
import type { AwsClient } from '../../../runtime/core/aws-errors.ts';
import { DAY_SECONDS, FAILURES, outcomes, setUp } from './redrive-world.ts';
import { asynchronous, context, textJob, workerWorld } from './worker-world.ts';

const PROCESSED = { statusCode: 200, body: '"Processed."' };

/** A worker's function: `work` gives its answer, or throws as a function does. */
function functionOf(work: (payload: unknown) => unknown) {
  const inputs: Record<string, unknown>[] = [];
  const send = async ({ input }: { readonly input: Record<string, unknown> }) => {
    const payload: unknown = JSON.parse(Buffer.from(input.Payload as Uint8Array).toString());
    inputs.push({ ...input, Payload: payload });
    if (input.InvocationType === 'Event') {
      void Promise.resolve(payload).then(work, () => undefined);
      return { StatusCode: 202 };
    }
    const answer = (value: unknown) => new Uint8Array(Buffer.from(JSON.stringify(value)));
    try {
      return { StatusCode: 200, Payload: answer((await work(payload)) ?? null) };
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      return { StatusCode: 200, FunctionError: 'Unhandled', Payload: answer({ errorType, errorMessage }) };
    }
  };
  return { send, inputs };
}

describe('redrive by invocation', () => {
  async function buried(...payloads: readonly object[]) {
    const { clock, sqs, job } = setUp();
    for (const requestPayload of payloads) {
      const record = {
        version: '1.0',
        requestContext: { condition: 'RetriesExhausted' },
        requestPayload,
      };
      await sqs.send(new SendMessageCommand({ QueueUrl: FAILURES, MessageBody: JSON.stringify(record) }));
    }
    const run = (lambda: AwsClient) =>
      redrive(
        { deadLetterUrl: FAILURES, target: { functionName: 'worker' }, dedupeTtlSeconds: 8 * DAY_SECONDS },
        { sqs, lambda, clock },
      );
    return { clock, sqs, job, run };
  }

  it('invokes the worker with the payload inside a failure record and waits for its answer', async () => {
    const payload = setUp().job('a', 'e1');
    const { sqs, run } = await buried(payload);
    const lambda = functionOf(() => {
      expect(sqs.messages(FAILURES)).toHaveLength(1);
      return PROCESSED;
    });
    expect(outcomes(await run(lambda))).toEqual({ e1: 'redriven' });
    expect(lambda.inputs).toEqual([
      { FunctionName: 'worker', InvocationType: 'RequestResponse', Payload: payload },
    ]);
    expect(sqs.messages(FAILURES)).toEqual([]);
  });

  it('drop: three dead letters of one chat are all answered', async () => {
    const world = workerWorld({
      agent: async (turn) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return `re ${turn.text}`;
      },
    });
    const { sqs, run } = await buried(
      ...[1, 2, 3].map((n) => asynchronous(textJob(`text ${n}`, `wamid.${n}`))),
    );
    const items = await run(functionOf((payload) => world.another().worker(payload, context())));
    expect(items.map(({ outcome }) => outcome)).toEqual(['redriven', 'redriven', 'redriven']);
    expect(world.provider.sent.map(({ text }) => text)).toEqual(['re text 1', 're text 2', 're text 3']);
    expect(sqs.messages(FAILURES)).toEqual([]);
  });

  it('drop: a dead letter stays while another message of its chat is being worked on', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const world = workerWorld({
      agent: async (turn) => {
        if (turn.text === 'live') await gate;
        return `re ${turn.text}`;
      },
    });
    const { clock, sqs, run } = await buried(asynchronous(textJob('dead', 'wamid.dead')));
    const live = world.another().worker(asynchronous(textJob('live', 'wamid.live')), context());
    await vi.waitFor(() => expect(world.agentTurns).toEqual(['live']));
    const lambda = functionOf((payload) => world.another().worker(payload, context()));
    expect(await run(lambda)).toMatchObject([
      { eventId: 'wamid.dead', outcome: 'failed', error: expect.stringContaining('being worked on') },
    ]);
    expect(sqs.messages(FAILURES).map((letter) => letter.visibleAtMillis <= clock.nowMillis())).toEqual([
      true,
    ]);
    open();
    await live;
    expect(outcomes(await run(lambda))).toEqual({ 'wamid.dead': 'redriven' });
    expect(world.provider.sent.map(({ text }) => text)).toEqual(['re live', 're dead']);
  });

  it('keeps what the worker failed on or did not take, and goes on', async () => {
    const { job } = setUp();
    const { sqs, run } = await buried(job('a', 'thrown'), job('b', 'refused'), job('a', 'fine'));
    const lambda = functionOf((payload) => {
      const text = JSON.stringify(payload);
      if (text.includes('thrown')) throw new TypeError('no model');
      return text.includes('refused') ? { statusCode: 400, body: '"Invocation not recognized."' } : PROCESSED;
    });
    const items = await run(lambda);
    expect(outcomes(items)).toEqual({ thrown: 'failed', refused: 'failed', fine: 'redriven' });
    expect(items.map(({ error }) => error)).toEqual([
      'the worker failed: TypeError: no model',
      'the worker answered: Invocation not recognized.',
      undefined,
    ]);
    expect(sqs.messages(FAILURES)).toHaveLength(2);
  });

  it('holds each letter for as long as its invocation can take', async () => {
    const { job } = setUp();
    const { clock, sqs, run } = await buried(...Array.from({ length: 12 }, (_, n) => job('a', `e${n}`)));
    const hidden: boolean[] = [];
    const lambda = functionOf(() => {
      clock.jump(900_000);
      hidden.push(sqs.messages(FAILURES).some(({ visibleAtMillis }) => visibleAtMillis > clock.nowMillis()));
      return PROCESSED;
    });
    expect((await run(lambda)).filter(({ outcome }) => outcome === 'redriven')).toHaveLength(12);
    expect(hidden).toEqual(Array.from({ length: 12 }, () => true));
    expect(lambda.inputs).toHaveLength(12);
  });
});
