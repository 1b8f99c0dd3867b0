import { describe, expect, it } from 'vitest';
import type { HooklineError } from '../../../runtime/core/errors.ts';
import { askInOrder, type ChainOptions, type NamedModel } from '../../../runtime/models/chain.ts';
import { type ModelAnswer, ModelError, type ModelRequest } from '../../../runtime/models/model.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const said = (text: string): ModelAnswer => ({
  text,
  toolCalls: [],
  finishReason: 'stop',
  usage: { inputTokens: 1, outputTokens: 1 },
});
const failing = (errorClass: 'transient' | 'hold' | 'permanent') =>
  new ModelError(`It is ${errorClass}`, errorClass);

/** Models that do in turn what their list says; a text is an answer after `takesMillis`. */
function chain(script: Readonly<Record<string, readonly (string | Error)[]>>, takesMillis = 0) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const timeouts: number[] = [];
  const failures: string[] = [];
  const answered: string[] = [];
  const models: NamedModel[] = Object.entries(script).map(([name, steps]) => {
    const left = [...steps];
    const answer = async (request: ModelRequest) => {
      asked.push(name);
      timeouts.push(request.timeoutMillis);
      const step = left.shift() ?? new ModelError('No more', 'permanent');
      clock.jump(typeof step === 'string' ? takesMillis : request.timeoutMillis);
      if (typeof step !== 'string') throw step;
      return said(step);
    };
    return { name, open: () => ({ answer }) };
  });
  const options: ChainOptions = {
    clock,
    signal: new AbortController().signal,
    endMillis: clock.nowMillis() + 90_000,
    timeoutMillis: 120_000,
    onAnswer: (name) => answered.push(name),
    onFailure: (name, error: HooklineError) => failures.push(`${name}: ${error.message}`),
  };
  const ask = (more: Partial<ChainOptions> = {}) =>
    askInOrder(models, { messages: [{ role: 'user', text: 'hello' }] }, { ...options, ...more });
  return { ask, clock, asked, timeouts, failures, answered };
}

describe('a chain of models', () => {
  it('asks the first, and nobody else when it answers', async () => {
    const { ask, asked } = chain({ a: ['yes'], b: ['no'] });
    expect(await ask()).toMatchObject({ answer: { text: 'yes' }, model: { name: 'a' } });
    expect(asked).toEqual(['a']);
  });

  it.each(['transient', 'hold', 'permanent'] as const)('moves on after a %s failure', async (errorClass) => {
    const { ask, asked, failures } = chain({ a: [failing(errorClass)], b: ['yes'] });
    expect(await ask()).toMatchObject({ answer: { text: 'yes' }, model: { name: 'b' } });
    expect(asked).toEqual(['a', 'b']);
    expect(failures).toEqual([`a: It is ${errorClass}`]);
  });

  it('gives each model its share of the time, so that the last one gets its turn (§13.4)', async () => {
    const late = failing('transient');
    const { ask, timeouts, clock } = chain({ a: [late], b: [late], c: ['yes'] });
    const start = clock.nowMillis();
    expect(await ask()).toMatchObject({ model: { name: 'c' } });
    expect(timeouts).toEqual([30_000, 30_000, 30_000]);
    expect(clock.nowMillis() - start).toBe(60_000);
  });

  it('waits no longer than is configured, and what one saves the next ones have', async () => {
    const { ask, timeouts } = chain({ a: [failing('hold')], b: ['yes'] });
    await ask({ timeoutMillis: 10_000 });
    expect(timeouts).toEqual([10_000, 10_000]);
  });

  it('asks again what may pass, and only that, while there is time', async () => {
    const { ask, asked } = chain({
      a: [failing('transient'), 'yes'],
      b: [failing('hold'), 'never asked'],
    });
    expect(await ask({ timeoutMillis: 1000 })).toMatchObject({ model: { name: 'a' } });
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  it('gives up with the error that says most', async () => {
    const both = chain({ a: [failing('permanent')], b: [failing('hold')] });
    await expect(both.ask()).rejects.toThrow('It is hold');
    expect(both.asked).toEqual(['a', 'b']);
    const passing = failing('transient');
    const down = chain({ a: [passing, passing, passing, 'too late'], b: [failing('hold')] });
    await expect(down.ask({ timeoutMillis: 1000 })).rejects.toThrow('It is transient');
    expect(down.asked).toEqual(['a', 'b', 'a', 'a']);
  });

  it('counts an empty answer and one that is of no use, and moves on', async () => {
    const { ask, answered, failures } = chain({ a: [' '], b: ['nonsense'], c: ['sense'] });
    const check = ({ text }: ModelAnswer) => {
      if (text === 'nonsense') throw new ModelError('It makes no sense', 'permanent');
    };
    expect(await ask({ check })).toMatchObject({ answer: { text: 'sense' } });
    expect(answered).toEqual(['a', 'b', 'c']);
    expect(failures).toEqual(["a: The model's answer is empty (stop)", 'b: It makes no sense']);
  });

  it('does not hide a fault of the code', async () => {
    const { ask, asked } = chain({ a: [new TypeError('a bug')], b: ['yes'] });
    await expect(ask()).rejects.toThrow('a bug');
    expect(asked).toEqual(['a']);
  });
});
