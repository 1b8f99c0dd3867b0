import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { hookline } from './capture.ts';

const escapeCode = '\u001b[';

describe('hookline', () => {
  test('--help lists the commands on standard output and ends with 0', async () => {
    const { exitCode, out, error } = await hookline(['--help']);
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    expect(out).toMatch(/Usage: hookline .*command/);
    expect(out).toMatch(/bot\s+WhatsApp and Telegram bots/);
  });

  test('--version prints the version of the package', async () => {
    expect(await hookline(['--version'])).toEqual({
      exitCode: 0,
      out: `${packageJson.version}\n`,
      error: '',
    });
  });

  test.each([[[]], [['bot']]])('%j alone prints the help as a usage error', async (args) => {
    const { exitCode, out, error } = await hookline(args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(error).toContain('Usage: hookline');
  });

  test.each([
    [['bott'], 'bot'],
    [['bot', 'biuld'], 'build'],
    [['bot', 'build', '--agnet', 'a.ts'], '--agent'],
  ])('%j is a usage error that names what was meant', async (args, meant) => {
    const { exitCode, error } = await hookline(args);
    expect(exitCode).toBe(2);
    expect(error).toContain(`Did you mean ${meant}?`);
    expect(error).toContain('--help');
  });

  test('colour is used only where the terminal asks for it', async () => {
    expect((await hookline(['bott'], { colour: true })).error).toContain(`${escapeCode}31merror:`);
    expect((await hookline(['bott'])).error).not.toContain(escapeCode);
  });

  test('as a program it passes its exit code on', () => {
    const program = [process.execPath, ['--import', 'tsx', 'cli/main.ts', '--version']] as const;
    expect(execFileSync(...program, { encoding: 'utf8' })).toBe(`${packageJson.version}\n`);
    const inClone = execFileSync('npm', ['run', '-s', 'hookline', '--', '--version'], { encoding: 'utf8' });
    expect(inClone).toBe(`${packageJson.version}\n`);
    expect(() => execFileSync(program[0], [...program[1].slice(0, 3), 'bott'], { stdio: 'pipe' })).toThrow(
      expect.objectContaining({ status: 2 }),
    );
  });
});
