import { beforeAll, describe, expect, it } from 'vitest';
import { whatsappSignature } from '../../local/recordings/webhooks.ts';
import type { AwsUse } from './support/aws-recorder.ts';
import { BOT_NAMES, BOTS, type BotName } from './support/bots.ts';
import {
  failFor,
  newChat,
  post,
  replies,
  runsOf,
  say,
  script,
  until,
  webhookFor,
  world,
} from './support/harness.ts';
import { allows, type Right, rightsOf, unusedRights } from './support/policy.ts';

/**
 * Rights that AWS services use in the role's name, or that change an answer without a call of their own.
 * No call of the bundles can show them.
 */
const USED_BY_AWS: readonly { readonly action: RegExp; readonly reason: string }[] = [
  { action: /^logs:(CreateLogStream|PutLogEvents)$/, reason: 'Lambda writes the log' },
  { action: /^xray:/, reason: 'Lambda sends the trace' },
  {
    action: /^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)$/,
    reason: 'the event source mapping polls the queue',
  },
  { action: /^s3:ListBucket$/, reason: 'without it a missing object answers 403, not 404' },
];

/** AWS itself takes no narrower resource for these. */
const NEEDS_STAR = /^xray:/;

const usesNow = async () =>
  (await (await fetch(`${world().serverUrl}/_test/aws-calls`)).json()) as readonly AwsUse[];

/** Everything a bot's functions ever do: turns, repetitions, failures, what is captured. */
async function drive(bot: BotName): Promise<void> {
  const chat = newChat();
  const first = webhookFor(bot, chat, 'hello');
  await post(bot, first);
  await replies(bot, chat, 1);
  await say(bot, chat, '/clear');
  await replies(bot, chat, 2);
  await post(bot, first);
  await say(bot, chat, 'refused');
  await replies(bot, chat, 3);
  await failFor(bot, chat, { kind: 'refuse', status: 400, times: 2 });
  await say(bot, chat, 'refused for good');
  await sendUnreadable(bot);
  if (BOTS[bot].ownAgent) await failOnce(bot);
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

// Only MiniStack lets the functions' calls pass through the recorder.
describe.runIf(world().backend === 'ministack')('least privilege', () => {
  let uses: readonly AwsUse[] = [];

  beforeAll(async () => {
    await Promise.all(BOT_NAMES.map(drive));
    await new Promise((resolve) => setTimeout(resolve, 3000));
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
    const unused = BOT_NAMES.flatMap((bot) => unusedRights(policyOf(bot, part), usesOf(bot, part)));
    const actions = new Set(unused.map((right) => right.action));
    const used = new Set(BOT_NAMES.flatMap((bot) => usesOf(bot, part).map((use) => use.action)));
    const unexplained = [...actions].filter(
      (action) => !used.has(action) && !USED_BY_AWS.some((right) => right.action.test(action)),
    );
    expect(unexplained).toEqual([]);
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
