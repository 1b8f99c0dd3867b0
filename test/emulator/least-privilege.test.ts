import { setTimeout as delay } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { whatsappContents } from '../../local/recordings/contents.ts';
import { whatsappSignature, whatsappStatusWebhook } from '../../local/recordings/webhooks.ts';
import { emulatorClient } from '../../local/secrets.ts';
import type { AwsUse } from './support/aws-recorder.ts';
import { BOT_NAMES, BOTS, type BotName, MAX_ROWS, resourceName } from './support/bots.ts';
import {
  failFor,
  hold,
  newChat,
  post,
  replies,
  runsOf,
  say,
  script,
  sentTo,
  until,
  webhookFor,
  world,
} from './support/harness.ts';
import { allows, isUsed, type Right, rightsOf } from './support/policy.ts';

/**
 * Rights that AWS services use in the role's name, or that change an answer without a call of their own.
 * No call of the bundles can show them.
 */
const USED_BY_AWS: readonly { readonly right: RegExp; readonly reason: string }[] = [
  { right: /^logs:(CreateLogStream|PutLogEvents) /, reason: 'Lambda writes the log' },
  { right: /^xray:/, reason: 'Lambda sends the trace' },
  {
    right: /^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes) .*<name>-jobs\.fifo$/,
    reason: 'the event source mapping polls the queue',
  },
  {
    right: /^sqs:SendMessage .*<name>-dead$/,
    reason: 'Lambda sends what failed for good to the on-failure queue',
  },
  { right: /^s3:ListBucket /, reason: 'without it a missing object answers 403, not 404' },
];

/** AWS itself takes no narrower resource for these. */
const NEEDS_STAR = /^xray:/;

const usesNow = async () =>
  (await (await fetch(`${world().serverUrl}/_test/aws-calls`)).json()) as readonly AwsUse[];

/** Everything a bot's functions ever do: turns, repetitions, failures, what is captured, stored and moved. */
async function drive(bot: BotName): Promise<void> {
  await Promise.all([driveTurns(bot), OWN_DRIVES[bot]?.(bot)]);
}

/** What only the bot does that has it on. */
const OWN_DRIVES: Partial<Record<BotName, (bot: BotName) => Promise<void>>> = {
  whatsapp_drop: async (bot) => {
    await say(bot, newChat(), { said: '', fields: { type: 'unsupported', errors: [{ code: 131051 }] } });
  },
  whatsapp_fifo: receiveLarge,
  telegram_drop: fillHistory,
  whatsapp_merge: keepFiles,
};

/** Too large to be passed on: the job is stored, and deleted after the turn. */
async function receiveLarge(bot: BotName): Promise<void> {
  const chat = newChat();
  await script(chat, { action: 'reply', text: 'a lot' });
  await say(bot, chat, 'x'.repeat(950_000));
  await replies(bot, chat, 1);
}

/** The history moves to the archive, whose first number is taken by what an interrupted turn left there. */
async function fillHistory(bot: BotName): Promise<void> {
  const chat = newChat();
  const s3 = new S3Client({ ...emulatorClient(world().endpoint), forcePathStyle: true });
  const standing = { Bucket: world().bots[bot].bucket_name, Key: `archive/${chat}/000001.sqlite`, Body: 'x' };
  await s3.send(new PutObjectCommand(standing));
  for (let turn = 1; turn <= MAX_ROWS / 2 + 1; turn++) {
    await say(bot, chat, `turn ${turn}`);
    // Under drop a message that meets a running turn is ignored.
    await replies(bot, chat, turn);
  }
}

/** A file goes into the bucket, and comes from there in a later turn. */
async function keepFiles(bot: BotName): Promise<void> {
  const chat = newChat();
  const bytes = Buffer.from('png');
  const medium = { id: await hold(bytes, 'image/png'), bytes, mimeType: 'image/png' };
  await script(chat, { action: 'return-medium', name: 'a.png' }, { action: 'show-file', name: 'a.png' });
  await say(bot, chat, whatsappContents.image(medium));
  await replies(bot, chat, 1);
  await say(bot, chat, 'again');
  await replies(bot, chat, 2);
}

async function driveTurns(bot: BotName): Promise<void> {
  const chat = newChat();
  const first = webhookFor(bot, chat, 'hello');
  await post(bot, first);
  await replies(bot, chat, 1);
  await post(bot, first);
  // Under drop a message that meets a running turn is ignored.
  await delay(1500);
  await say(bot, chat, '/clear');
  await replies(bot, chat, 2);
  await failFor(bot, chat, { kind: 'refuse', status: 400, times: 2 });
  await say(bot, chat, 'refused for good');
  await sendUnreadable(bot);
  if (BOTS[bot].bot_type === 'whatsapp') await reportDelivery(bot, chat);
  if (BOTS[bot].ownAgent) await failOnce(bot);
}

/** The platform tells what became of the first reply. */
async function reportDelivery(bot: BotName, chat: string): Promise<void> {
  const [call] = await sentTo(bot, chat);
  if (call) await post(bot, whatsappStatusWebhook(call, 'delivered', world().secrets.whatsappAppSecret));
}

async function failOnce(bot: BotName): Promise<void> {
  const chat = newChat();
  await script(chat, { action: 'throw' }, { action: 'reply', text: 'ok' });
  await say(bot, chat, 'fails once');
  await until('the failing run', async () => (await runsOf(chat)).length > 0);
}

/** Genuine, but no JSON: captured by the ingress. */
async function sendUnreadable(bot: BotName): Promise<void> {
  const { headers } = webhookFor(bot, newChat(), 'x');
  const signature = whatsappSignature('no json', world().secrets.whatsappAppSecret);
  await post(bot, { body: 'no json', headers: { ...headers, 'x-hub-signature-256': signature } });
}

describe('least privilege', () => {
  let uses: readonly AwsUse[] = [];

  beforeAll(async () => {
    await Promise.all(BOT_NAMES.map(drive));
    await delay(3000);
    uses = await usesNow();
  });

  const functions = BOT_NAMES.flatMap((bot) =>
    (['ingress', 'worker'] as const).map((part) => ({ bot, part })),
  );
  const policyOf = (bot: BotName, part: 'ingress' | 'worker'): readonly Right[] =>
    rightsOf(world().bots[bot][`${part}_policy_json`]);
  const usesOf = (bot: BotName, part: 'ingress' | 'worker') =>
    uses.filter((use) => use.functionName === world().bots[bot][`${part}_function_name`]);

  it.each(functions)('the $part of $bot calls nothing that its policy does not allow', ({ bot, part }) => {
    const calls = usesOf(bot, part);
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter((use) => !allows(policyOf(bot, part), use))).toEqual([]);
  });

  it.each(['ingress', 'worker'] as const)('no %s is allowed what none of them calls', (part) => {
    // The same right of different bots is one right.
    const nameless = (bot: BotName, { action, resource }: Right) =>
      `${action} ${resource.replaceAll(resourceName(bot), '<name>')}`;
    const rights = BOT_NAMES.flatMap((bot) => policyOf(bot, part).map((right) => ({ bot, right })));
    const used = new Set(
      rights
        .filter(({ bot, right }) => isUsed(right, usesOf(bot, part)))
        .map(({ bot, right }) => nameless(bot, right)),
    );
    const unexplained = rights
      .map(({ bot, right }) => nameless(bot, right))
      .filter((right) => !used.has(right) && !USED_BY_AWS.some((known) => known.right.test(right)));
    expect([...new Set(unexplained)]).toEqual([]);
  });

  it.each(functions)(
    'the policy for the $part of $bot has no star that AWS does not force',
    ({ bot, part }) => {
      const starred = policyOf(bot, part).filter(
        ({ action, resource }) => action.includes('*') || resource === '*',
      );
      expect(starred.filter(({ action }) => !NEEDS_STAR.test(action))).toEqual([]);
    },
  );
});
