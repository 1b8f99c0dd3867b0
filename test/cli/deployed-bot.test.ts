import { expect, test } from 'vitest';
import { botEnvironment, findBot } from '../../cli/deployed-bot.ts';
import { DEAD_LETTER_URL, deployedWorld, INVOKED_DEAD_URL, QUEUE_URL } from './bot-world.ts';

test('a deployed bot is found by its name: the worker says where everything is', async () => {
  const { aws } = deployedWorld('fifo');
  expect(await findBot('shop', aws)).toMatchObject({
    name: 'shop',
    region: 'eu-central-1',
    bucket: 'bucket',
    workerFunction: 'shop-worker',
    workerAlias: 'shop-worker:live',
    queueUrl: QUEUE_URL,
    deadLetterUrl: DEAD_LETTER_URL,
    logGroups: ['/aws/lambda/shop-ingress', '/aws/lambda/shop-worker'],
  });
});

test('under drop there is no queue of jobs, and the dead letters lie in a queue without order', async () => {
  const { aws } = deployedWorld('drop');
  expect(await findBot('shop', aws)).toMatchObject({ queueUrl: undefined, deadLetterUrl: INVOKED_DEAD_URL });
});

test('its environment has the secrets of the parameter behind the variables', async () => {
  const { aws, ssm } = deployedWorld();
  ssm.parameters.set('/shop/prod/env', 'WHATSAPP_TOKEN=secret\nBUCKET_NAME=another\n');
  const environment = await botEnvironment(await findBot('shop', aws), aws);
  expect(environment).toMatchObject({ WHATSAPP_TOKEN: 'secret', BUCKET_NAME: 'bucket' });
});

test('what is not there, or is no bot, is said in a sentence', async () => {
  const { aws, lambda } = deployedWorld();
  await expect(findBot('shpo', aws)).rejects.toThrow('There is no bot "shpo" in this region of this account');
  lambda.functions.set('other-worker', {});
  await expect(findBot('other', aws)).rejects.toThrow('other-worker is no worker of hookline');
});
