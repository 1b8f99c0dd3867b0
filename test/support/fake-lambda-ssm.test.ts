import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { FakeLambda } from './fake-lambda.ts';
import { FakeSsm } from './fake-ssm.ts';

test('invocations are recorded; an event above 1 MB is refused', async () => {
  const lambda = new FakeLambda();
  const invoke = (payload: unknown) =>
    lambda.send(
      new InvokeCommand({
        FunctionName: 'worker',
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
    );
  expect(await invoke({ a: 1 })).toMatchObject({ StatusCode: 202 });
  expect(lambda.invocations).toEqual([
    { functionName: 'worker', invocationType: 'Event', payload: { a: 1 } },
  ]);
  await expect(invoke('x'.repeat(1_048_577))).rejects.toMatchObject({ name: 'RequestTooLargeException' });
});

test('parameters are read decrypted; an unknown one is an error', async () => {
  const ssm = new FakeSsm();
  ssm.parameters.set('/bot/env', 'A=1');
  const get = (Name: string, WithDecryption = true) =>
    ssm.send(new GetParameterCommand({ Name, WithDecryption }));
  expect((await get('/bot/env')).Parameter.Value).toBe('A=1');
  expect((await get('/bot/env', false)).Parameter.Value).not.toBe('A=1');
  await expect(get('/other')).rejects.toMatchObject({ name: 'ParameterNotFound' });
});
