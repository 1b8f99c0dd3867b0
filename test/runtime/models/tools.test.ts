import { describe, expect, it } from 'vitest';
import { jsonLog } from '../../../runtime/core/log.ts';
import type { ModelAnswer, ModelMessage, ToolCall } from '../../../runtime/models/model.ts';
import { askWithTools, type Tool } from '../../../runtime/models/tools.ts';
import { LogCapture } from '../../support/log-capture.ts';

const call = (name: string, input = '{"title":"Emma"}', id = 'c1'): ToolCall => ({ id, name, input });

function loop(run: Tool['run'], calls: (round: number) => readonly ToolCall[]) {
  const log = new LogCapture();
  const seen: (readonly ModelMessage[])[] = [];
  const aborting = new AbortController();
  const tool: Tool = {
    name: 'look_up',
    description: 'Finds a book.',
    parameters: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
    run,
  };
  const ask = async (messages: readonly ModelMessage[]): Promise<ModelAnswer> => {
    seen.push(messages);
    const toolCalls = calls(seen.length);
    const rest = { finishReason: toolCalls.length > 0 ? 'tools' : 'stop', usage: undefined } as const;
    return { text: toolCalls.length > 0 ? '' : 'done', toolCalls, ...rest };
  };
  const { signal } = aborting;
  const start = () =>
    askWithTools([{ role: 'user', text: 'Emma?' }], {
      tools: [tool],
      maxRounds: 8,
      signal,
      log: jsonLog(log.write, () => 0),
      ask,
    });
  const results = () => seen.at(-1)?.flatMap((each) => (each.role === 'tool' ? [each.text] : []));
  return { start, seen, results, log, aborting };
}

const once = (one: ToolCall) => (round: number) => (round === 1 ? [one] : []);

describe('tools', () => {
  it('run in the order asked for, and their results go back by the calls’ ids', async () => {
    const ran: unknown[] = [];
    const run: Tool['run'] = async (input) => {
      ran.push(input);
      return ran.length === 1 ? 'shelf 3' : { shelf: 4 };
    };
    const both = [call('look_up'), call('look_up', '{"title":"Persuasion"}', 'c2')];
    const { start, seen } = loop(run, (round) => (round === 1 ? both : []));
    expect(await start()).toMatchObject({ text: 'done' });
    expect(ran).toEqual([{ title: 'Emma' }, { title: 'Persuasion' }]);
    expect(seen[1]).toEqual([
      { role: 'user', text: 'Emma?' },
      { role: 'assistant', text: '', toolCalls: both },
      { role: 'tool', callId: 'c1', text: 'shelf 3' },
      { role: 'tool', callId: 'c2', text: '{"shelf":4}' },
    ]);
  });

  it.each([
    ['a tool that is not there', call('forget'), 'there is no tool of this name'],
    ['an input that is no JSON', call('look_up', 'Emma'), 'the input is not a JSON object'],
    ['an input that is no object', call('look_up', '["Emma"]'), 'the input is not a JSON object'],
    ['an input without a field', call('look_up', ''), 'the input lacks title'],
  ])('%s is told to the model, and nothing runs', async (_name, wrong, error) => {
    const { start, results } = loop(() => expect.fail('it ran'), once(wrong));
    await start();
    expect(results()).toEqual([JSON.stringify({ error })]);
  });

  it('that throw are a failure to the model; neither it nor the log gets the message', async () => {
    const run = () => {
      throw new Error('no connection as admin:password');
    };
    const { start, results, log } = loop(run, once(call('look_up')));
    await start();
    expect(results()).toEqual(['{"error":"the tool failed"}']);
    expect(log.of('tool_failed')).toMatchObject([{ level: 'WARN', tool: 'look_up' }]);
    expect(log.of('tool_failed')[0]?.error).toMatch(/^Error at /);
    expect(log.text).not.toContain('password');
  });

  it('are bounded in rounds', async () => {
    let ran = 0;
    const { start, seen } = loop(
      () => ++ran,
      () => [call('look_up')],
    );
    await expect(start()).rejects.toThrow('The model asked for tools more than 8 times');
    expect([seen.length, ran]).toEqual([9, 8]);
  });

  it('do not start when the time is up', async () => {
    const { start, aborting } = loop(
      () => expect.fail('it ran'),
      () => [call('look_up')],
    );
    aborting.abort(new Error('late'));
    await expect(start()).rejects.toThrow('late');
  });

  it('may return nothing', async () => {
    const { start, results } = loop(() => undefined, once(call('look_up')));
    await start();
    expect(results()).toEqual(['null']);
  });
});
