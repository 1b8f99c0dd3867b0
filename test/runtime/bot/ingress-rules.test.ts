import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import { lambdaContext } from '../../support/events.ts';
import { awsError } from '../../support/tap.ts';
import { APP_SECRET, ingressWorld, jobsOf, QUEUE_URL, whatsappText } from './ingress-world.ts';

const tmpDir = mkdtempSync(join(tmpdir(), 'hookline-ingress-'));
afterAll(() => rmSync(tmpDir, { recursive: true, force: true }));

describe('age', () => {
  it('bot A29: under drop, a message that is 130 s old on arrival is ignored and counted', async () => {
    const world = ingressWorld('whatsapp');
    const webhook = whatsappText(world);
    world.clock.jump(130_000);
    expect(await world.send(webhook)).toMatchObject({ statusCode: 200, body: '"Webhook received."' });
    expect(world.tap.calls).toEqual([]);
    expect(world.log.lines.filter((line) => line.rule === 'too_old')).toHaveLength(1);
    await world.send(whatsappText(world));
    expect(world.lambda.invocations).toHaveLength(1);
  });

  it('bot A29: under drop, a message fresh on arrival is answered by a retry 180 s later', async () => {
    const graph = createGraphStandIn();
    const world = ingressWorld('whatsapp', { MAWS_TMP_DIR: tmpDir }, { fetch: graph.fetch });
    await world.send(whatsappText(world));
    const [invocation] = world.lambda.invocations;
    world.tap.before = ({ name }) => {
      if (name === 'GetObject') throw awsError('InternalError', 500);
    };
    await expect(world.handler(invocation?.payload, lambdaContext())).rejects.toThrow();
    expect(graph.sent).toHaveLength(0);
    world.tap.before = undefined;
    world.clock.jump(180_000);
    await world.handler(invocation?.payload, lambdaContext());
    expect(graph.sent).toHaveLength(1);
  });

  it('under fifo, age is no reason to ignore a message', async () => {
    const world = ingressWorld('whatsapp', { MAWS_BUSY_POLICY: 'fifo', MAWS_QUEUE_URL: QUEUE_URL });
    const webhook = whatsappText(world);
    world.clock.jump(86_400_000);
    await world.send(webhook);
    expect(world.sqs.messages(QUEUE_URL)).toHaveLength(1);
  });
});

describe('configuration', () => {
  it('lists every fault in one log line and answers 500', async () => {
    const missing = { WHATSAPP_TOKEN: undefined, GRAPH_API_VERSION: 'latest', WHATSAPP_PHONE_NUMBER_ID: ' ' };
    const world = ingressWorld('whatsapp', missing);
    expect(await world.send(whatsappText(world))).toMatchObject({
      statusCode: 500,
      body: '"Bot is misconfigured."',
    });
    const [line] = world.log.of('configuration_faulty');
    expect(line?.level).toBe('CRITICAL');
    expect(String(line?.faults)).toMatch(/PHONE_NUMBER_ID.*GRAPH_API_VERSION.*WHATSAPP_TOKEN/);
  });

  it('warns once for each cold start', async () => {
    const world = ingressWorld('whatsapp', { WHATSAPP_VERIFY_SIGNATURE: 'false' });
    await world.send(whatsappText(world));
    await world.send(whatsappText(world));
    expect(world.log.of('configuration_warning')).toHaveLength(1);
  });
});

describe('log', () => {
  it('names a chat and a WhatsApp message by keyed hash only, and carries the trace id', async () => {
    const world = ingressWorld('whatsapp');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const webhook = whatsappText(world, { chatId: '12025550199' });
    await world.send({ ...webhook, headers: { ...webhook.headers, Traceparent: traceparent } });
    expect(jobsOf(world)[0]?.traceparent).toBe(traceparent);
    expect(world.log.lines.length).toBeGreaterThan(1);
    for (const line of world.log.lines) expect(line.trace_id).toBe('0af7651916cd43dd8448eb211c80319c');
    for (const secret of ['12025550199', webhook.eventId, 'Hello', APP_SECRET, 'graph-token'])
      expect(world.log.text).not.toContain(secret);
    expect(world.log.of('webhook_answered')).toEqual([
      expect.objectContaining({ method: 'POST', status: 200 }),
    ]);
  });

  it('ignores a foreign number and says so', async () => {
    const world = ingressWorld('whatsapp', { WHATSAPP_ALLOWED_PHONE_NUMBER_IDS: '["5"]' });
    expect(await world.send(whatsappText(world))).toMatchObject({ body: '"Webhook received."' });
    expect(world.tap.calls).toEqual([]);
    expect(world.log.of('event_ignored')).toEqual([expect.objectContaining({ rule: 'foreign_number' })]);
  });
});
