import { createServer, type Socket } from 'node:net';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { expect, onTestFinished, test } from 'vitest';
import { INGRESS_CLIENT } from '../../../runtime/core/aws-client.ts';

test('a service that takes the request and never answers is given up in time', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const { port } = silent.address() as { port: number };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const endpoint = `http://127.0.0.1:${port}`;
  const lambda = new LambdaClient({ ...INGRESS_CLIENT, endpoint, region: 'eu-west-1', credentials });
  await expect(lambda.send(new ListFunctionsCommand())).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(sockets.size).toBe(1);
}, 5000);
