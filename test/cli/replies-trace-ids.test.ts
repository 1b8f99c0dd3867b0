import { describe, expect, test } from 'vitest';
import type { TraceAnswer } from '../../runtime/replies/trace/model.ts';
import { CONVERSATION, SID, USER } from '../runtime/replies/records.ts';
import { deployedReplies } from './replies-world.ts';
import { ready, ship, traced, write } from './trace-world.ts';

describe('hookline replies trace', () => {
  test('replies 64: a sid that nobody has seen: says so, exit 1, with and without --json', async () => {
    const world = deployedReplies();
    await write(world.engine);
    ship(world);
    const unknown = SID.replace(/1$/, '7');
    const text = await world.run(['trace', unknown]);
    expect(text.exitCode).toBe(1);
    expect(text.error).toMatch(new RegExp(`^error: Nothing is known of ${unknown} since .*--since`));
    const json = await world.run(['trace', unknown, '--json']);
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.out)).not.toHaveProperty('found');
  });

  test('replies 64: delivered and read are steps of the part, by turn id, by a sid of the reply, by number and by id', async () => {
    const world = deployedReplies();
    const { engine } = world;
    await ready(engine);
    await engine.runWorker();
    const part = engine.twilio.messages[0]?.sid ?? '';
    for (const status of ['delivered', 'read']) {
      const report = engine.twilio.report(part, status);
      if (report) await engine.post(report);
    }
    const { turnId = '' } = engine.conversation().entries[0] ?? {};
    ship(world);
    for (const id of [turnId, part, USER, `whatsapp:${USER}`, CONVERSATION]) {
      const { found } = JSON.parse((await world.run(['trace', id, '--json'])).out) as TraceAnswer;
      expect(found?.messages, id).toMatchObject([{ messageSid: SID, turnId, verdict: { rule: 'replied' } }]);
      const statuses = found?.messages[0]?.steps.filter(({ kind }) => kind === 'part_status');
      expect(
        statuses?.map(({ detail }) => detail),
        id,
      ).toEqual(['delivered', 'read']);
    }
  });

  test('without a log, record and stage table tell what they know', async () => {
    const world = deployedReplies();
    await ready(world.engine);
    const waiting = await world.run(['trace', SID]);
    expect(waiting.out).toContain('It is staged and waits for its turn.');
    await world.engine.runWorker();
    const done = await world.run(['trace', USER]);
    expect(done.out).toContain('It was answered. (rule replied)');
  });

  test('a source that cannot be read is named, and the rest is told', async () => {
    const world = deployedReplies();
    await ready(world.engine);
    ship(world);
    const logs = async () => {
      throw new Error('No right');
    };
    const broken = { send: async () => logs() };
    const { exitCode, out } = await world.run(['trace', SID], {
      aws: { ...world.aws, logs: async () => broken },
    });
    expect(exitCode).toBe(0);
    expect(out).toContain('log could not be read:');
    expect(out).toContain('It is staged and waits for its turn.');
  });

  test('two messages of one turn each have their own line, in order', async () => {
    const world = deployedReplies();
    const { engine } = world;
    const second = SID.replace(/1$/, '2');
    await write(engine);
    engine.clock.jump(2000);
    await write(engine, { messageSid: second });
    engine.clock.jump(8000);
    await engine.runWorker();
    const { found } = await traced(world, USER);
    expect(found?.messages.map(({ messageSid, verdict }) => [messageSid, verdict.rule])).toEqual([
      [SID, 'replied'],
      [second, 'replied'],
    ]);
  });
});
