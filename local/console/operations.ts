import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createDashboard } from '../../cli/dashboard/api.ts';
import { deployedData } from '../../cli/dashboard/deployed-data.ts';
import { dashboardPage } from '../../cli/dashboard/page-files.ts';
import { projectView } from '../../cli/dashboard/project-view.ts';
import { findBot } from '../../cli/deployed-bot.ts';
import type { BotWorld } from '../../cli/world.ts';
import { systemClock } from '../../runtime/core/clock.ts';
import { emulatorClient } from '../secrets.ts';
import type { Route } from '../server.ts';
import type { Stand } from '../stand.ts';

/** Where the console has the dashboard's page. */
const MOUNT = '/operations';

/** The dashboard of a stand's bots: the very code that looks at an account, on the emulator, with changes allowed. */
export async function operationsRoute({ bots, emulator }: Stand): Promise<Route> {
  const world = emulatorWorld(emulator.endpoint);
  const found = await Promise.all(Object.values(bots).map(({ name }) => findBot(name, world.aws)));
  const dashboard = createDashboard({
    bots: await Promise.all(found.map((bot) => deployedData(bot, world))),
    page: await dashboardPage(),
    isWritable: true,
    historyLimit: 200,
    project: () => projectView('.'),
    consoleUrl: '/',
    nowMillis: () => systemClock.nowMillis(),
  });
  return async (request, url) => {
    // The page's addresses are relative to a folder.
    if (url.pathname === MOUNT)
      return new Response(null, { status: 308, headers: { location: `${MOUNT}/` } });
    if (!url.pathname.startsWith(`${MOUNT}/`)) return undefined;
    return dashboard(request, url.pathname.slice(MOUNT.length), url.searchParams);
  };
}

function emulatorWorld(endpoint: string): BotWorld {
  const settings = emulatorClient(endpoint);
  const [sqs, lambda] = [new SQSClient(settings), new LambdaClient(settings)];
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const dynamodb = new DynamoDBClient(settings);
  const ssm = new SSMClient(settings);
  const logs = new CloudWatchLogsClient(settings);
  const unused = async () => {
    throw new Error('The console works on bots, which have no such service');
  };
  return {
    aws: {
      clock: systemClock,
      s3: async () => s3,
      dynamodb: async () => dynamodb,
      sqs: async () => sqs,
      lambda: async () => lambda,
      ssm: async () => ssm,
      secretsManager: unused,
      cloudwatch: unused,
      logs: async () => logs,
    },
    fetch: (input, init) => fetch(input, init),
    redriveClients: async () => ({ sqs, lambda, clock: systemClock }),
  };
}
