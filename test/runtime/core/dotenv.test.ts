import { describe, expect, it } from 'vitest';
import { parseDotenv } from '../../../runtime/core/dotenv.ts';
import { ssmEnvironment } from '../../../runtime/core/secrets.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('.env', () => {
  it('bot A41: the parameter stands behind the real environment, the first line of a name counts', async () => {
    const text = '# comment\n\nA=1\nB = x=y \nC="q"\nexport D=2\nA=9\nno equals sign\n=nameless\n';
    const source = ssmEnvironment({
      environment: { A: '0', ENV_PARAMETER_NAME: '/p' },
      readParameter: async () => text,
      clock: new FakeClock(),
    });
    const { ENV_PARAMETER_NAME: _, ...environment } = await source.load();
    expect(environment).toEqual({ A: '0', B: 'x=y', C: 'q', D: '2' });
    expect(parseDotenv(text).A).toBe('1');
  });

  it.each([
    ["A='single # \\n'", 'single # \\n'],
    ['A="line\\nnext\\t\\"x\\" \\\\"', 'line\nnext\t"x" \\'],
    ['A="keeps # this" # not this', 'keeps # this'],
    ['A=plain # comment', 'plain'],
    ['A=has#no-comment', 'has#no-comment'],
    ['A=#not-a-comment', '#not-a-comment'],
    ['A= # only a comment', ''],
    ['A=$HOME', '$HOME'],
    ['A="unbalanced', '"unbalanced'],
    ['A=', ''],
    ['\uFEFFA=bom', 'bom'],
    ['A=carriage\r\nB=1', 'carriage'],
    ['exported=1\nexport   A = x', 'x'],
  ])('reads %j', (text, value) => {
    expect(parseDotenv(text).A).toBe(value);
  });
});
