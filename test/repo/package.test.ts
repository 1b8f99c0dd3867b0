import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const tsc = path.resolve('node_modules/typescript/bin/tsc');

describe('the published package, installed alone in an empty folder', () => {
  let folder: string;
  let app: string;
  const inApp = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: app, encoding: 'utf8', stdio: 'pipe' });

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hookline-package-'));
    app = path.join(folder, 'app');
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { stdio: 'pipe' });
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
    cpSync('test/repo/package-consumer', app, { recursive: true });
    // Offline: it works only because nothing but the package itself is needed.
    inApp('npm', 'install', '--offline', '--no-audit', '--no-fund', `../${tarball}`);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('it has no mandatory dependency', () => {
    expect(packageJson).not.toHaveProperty('dependencies');
    expect(readdirSync(path.join(app, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'hookline',
    ]);
  });

  test('it carries what runs, its types, the readme and the licence, and no sources or tests', () => {
    const files = readdirSync(path.join(app, 'node_modules/hookline'), { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(
      expect.arrayContaining(['LICENSE', 'dist/package/cli/main.js', 'dist/bundles/bot-ingress.zip']),
    );
    expect(files.filter((name) => /(^|\/)(test|local)\//.test(name))).toEqual([]);
    expect(files.filter((name) => /(?<!\.d)\.ts$/.test(name))).toEqual([]);
  });

  test('every subpath can be imported without an AWS client', () => {
    const subpaths = Object.keys(packageJson.exports).filter(
      // The constructs are of no use without CDK for Terraform, the functions of replies and files without their
      // clients: the tests below have them.
      (name) => !name.endsWith('.json') && !['./modules', './replies', './files'].includes(name),
    );
    const names = subpaths.map((name) => name.replace('.', 'hookline'));
    const script = `for (const name of ${JSON.stringify(names)}) console.log(name, Object.keys(await import(name)).join());`;
    writeFileSync(path.join(app, 'import.mjs'), script);
    const printed = inApp(process.execPath, 'import.mjs');
    expect(printed).toMatch(/^hookline\/bot .*\bbuildLambdaHandler\b.*\bcreateSender\b/m);
    expect(printed.trim().split('\n')).toHaveLength(names.length);
  });

  test('the reply engine is imported and built with the AWS clients that it uses', () => {
    const replies = path.join(folder, 'replies');
    cpSync(app, replies, { recursive: true });
    const peers = ['dynamodb', 'sqs', 'secrets-manager', 'bedrock-runtime'].map(
      (name) => `@aws-sdk/client-${name}`,
    );
    mkdirSync(path.join(replies, 'node_modules/@aws-sdk'));
    for (const peer of [...peers, 'esbuild'])
      symlinkSync(path.resolve('node_modules', peer), path.join(replies, 'node_modules', peer));
    const here = { cwd: replies, encoding: 'utf8' } as const;
    writeFileSync(
      path.join(replies, 'import.mjs'),
      "console.log(Object.keys(await import('hookline/replies')).join());",
    );
    expect(execFileSync(process.execPath, ['import.mjs'], here)).toMatch(/\bbuildWorkerHandler\b/);
    const command = path.join('node_modules/hookline', packageJson.bin.hookline);
    cpSync('examples/replies/prompts.json', path.join(replies, 'prompts.json'));
    const built = spawnSync(
      process.execPath,
      [command, 'replies', 'build', '--prompts', 'prompts.json', '--json'],
      here,
    );
    expect(built.stderr).toBe('');
    const { zip, bytes } = JSON.parse(built.stdout) as { zip: string; bytes: number };
    expect(statSync(zip).size).toBe(bytes);
    // The worker with the adapters, and not only the prompts.
    expect(bytes).toBeGreaterThan(200_000);
  }, 60_000);

  test('files are checked with the AWS clients that the functions use', () => {
    const files = path.join(folder, 'files');
    cpSync(app, files, { recursive: true });
    mkdirSync(path.join(files, 'node_modules/@aws-sdk'));
    for (const name of ['client-dynamodb', 'client-lambda', 'client-s3', 'client-sqs'].map(
      (each) => `@aws-sdk/${each}`,
    ))
      symlinkSync(path.resolve('node_modules', name), path.join(files, 'node_modules', name));
    const here = { cwd: files, encoding: 'utf8' } as const;
    const script = "console.log(Object.keys(await import('hookline/files')).join());";
    writeFileSync(path.join(files, 'import.mjs'), script);
    const printed = execFileSync(process.execPath, ['import.mjs'], here);
    expect(printed).toMatch(/\bFileProcessor\b.*\bbuildWorkerHandler\b/);
    writeFileSync(path.join(files, 'spec.yaml'), FILES_SPEC);
    writeFileSync(path.join(files, 'ids.csv'), 'a\n\nb\n');
    const command = path.join('node_modules/hookline', packageJson.bin.hookline);
    const run = ['files', 'run', 'spec.yaml', 'ids.csv', '--json', '--uuid', 'e1'];
    const checked = spawnSync(process.execPath, [command, ...run], here);
    expect(checked.stderr).toBe('');
    expect(JSON.parse(checked.stdout)).toMatchObject({ verdict: 'Éxito', counts: { records: 2 } });
    expect(existsSync(path.join(files, 'executions/e1/out/report.html'))).toBe(true);
    // The daemon's threads run a module of the package, which it must find.
    const host = ['--local', 'handed'];
    const submitted = ['files', 'submit', 'spec.yaml', 'ids.csv', '--uuid', 'e2', ...host];
    expect(spawnSync(process.execPath, [command, ...submitted], here).stdout).toBe('e2\n');
    const worked = spawnSync(process.execPath, [command, 'files', 'daemon', '--once', ...host], here);
    expect(worked.stderr).toBe('');
    expect(worked.stdout).toMatch(/ execution_finished .* state=SUCCEEDED/);
    expect(existsSync(path.join(files, 'handed/e2/report.html'))).toBe(true);
  }, 60_000);

  test('bot A71: an agent is tested in three lines, without AWS, network or environment', () => {
    const script = [
      "import { testBot } from 'hookline/testing';",
      "globalThis.fetch = () => { throw new Error('the network is closed'); };",
      "const bot = testBot({ agent: (turn, { history }) => turn.text + ' ' + history.read().length });",
      "for (const text of ['one', 'two']) console.log((await bot.sendText(text))[0]?.text);",
    ];
    writeFileSync(path.join(app, 'test-agent.mjs'), script.join('\n'));
    const env = { PATH: process.env.PATH ?? '' };
    const printed = execFileSync(process.execPath, ['test-agent.mjs'], { cwd: app, env, encoding: 'utf8' });
    expect(printed).toBe('one 0\ntwo 2\n');
  });

  test('a project that it writes is built and synthesised by it, with nothing but its peers', () => {
    const bot = path.join(folder, 'bot');
    cpSync(app, bot, { recursive: true });
    for (const scope of ['@cdktf', '@aws-sdk']) mkdirSync(path.join(bot, 'node_modules', scope));
    for (const peer of Object.keys(packageJson.peerDependencies))
      symlinkSync(path.resolve('node_modules', peer), path.join(bot, 'node_modules', peer));
    const hookline = (...args: string[]) =>
      spawnSync(
        process.execPath,
        [path.join(bot, 'node_modules/hookline', packageJson.bin.hookline), 'bot', ...args],
        {
          cwd: bot,
          encoding: 'utf8',
        },
      );
    expect(hookline('start', '--project', 'shop').status).toBe(0);
    const secrets = readFileSync(path.join(bot, '.env.prod'), 'utf8');
    writeFileSync(path.join(bot, '.env.prod'), secrets.replace('TELEGRAM_TOKEN=', 'TELEGRAM_TOKEN=1:token'));
    const { status, stdout, stderr } = hookline('update', '--dry-run');
    expect({ status, error: /error:.*/.exec(stderr)?.[0] }).toEqual({ status: 0, error: undefined });
    expect(stdout).toMatch(/agent\.zip: \d+ files, of these yours:\n {2}index\.mjs\n/);
    expect(stdout).toContain('aws_lambda_function.worker');
    const text = { chat: { id: 1, type: 'private' }, from: { id: 1 }, message_id: 1, text: '/help' };
    writeFileSync(path.join(bot, 'help.json'), JSON.stringify({ update_id: 1, message: text }));
    expect(hookline('dev', '--replay', 'help.json').stdout).toMatch(/^> help\.json: 200 /);
  }, 60_000);

  test('the constructs make Terraform with the zips that the package ships', () => {
    const shop = path.join(folder, 'shop');
    cpSync(app, shop, { recursive: true });
    mkdirSync(path.join(shop, 'node_modules/@cdktf'));
    for (const peer of ['cdktf', 'constructs', '@cdktf/provider-aws']) {
      symlinkSync(path.resolve('node_modules', peer), path.join(shop, 'node_modules', peer));
    }
    const script = [
      "import { App, TerraformStack } from 'cdktf';",
      "import { Bot } from 'hookline/modules';",
      "const app = new App({ outdir: 'out', skipValidation: true });",
      "new Bot(new TerraformStack(app, 'shop'), 'bot', { name: 'shop' });",
      'app.synth();',
    ];
    writeFileSync(path.join(shop, 'main.mjs'), script.join('\n'));
    execFileSync(process.execPath, ['main.mjs'], { cwd: shop, stdio: 'pipe' });
    const files = readdirSync(path.join(shop, 'out/stacks/shop'), { recursive: true, encoding: 'utf8' });
    expect(
      files
        .filter((name) => name.endsWith('.zip'))
        .map((name) => path.basename(name))
        .sort(),
    ).toEqual(['bot-ingress.zip', 'bot-worker.zip', 'bot.zip']);
  });

  test('three lines make a handler, and its types are checked', () => {
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
    inApp(process.execPath, tsc, ...options, 'handler.ts');
    let complaint = '';
    try {
      inApp(process.execPath, tsc, ...options, 'wrong.ts');
    } catch (error) {
      complaint = (error as { stdout: string }).stdout;
    }
    expect(complaint).toMatch(/wrong\.ts\(\d+,\d+\): error TS2339: Property 'txet' does not exist/);
  });

  test('the dashboard serves its page without esbuild', async () => {
    const looking = path.join(folder, 'looking');
    cpSync(app, looking, { recursive: true });
    symlinkSync(path.resolve('node_modules/@aws-sdk'), path.join(looking, 'node_modules/@aws-sdk'));
    // As much of an account as finding a bot takes.
    const account = createServer((request, response) => {
      const worker = {
        FunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:shop-worker',
        Environment: { Variables: { BOT_TYPE: 'whatsapp', BUCKET_NAME: 'bucket' } },
      };
      const isLambda = request.url?.includes('/functions/shop-worker/') === true;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(isLambda ? worker : { QueueUrl: 'https://sqs.example/shop-dead' }));
    });
    await new Promise<void>((resolve) => account.listen(0, '127.0.0.1', resolve));
    const { port } = account.address() as AddressInfo;
    const command = path.join(looking, 'node_modules/hookline/dist/package/cli/main.js');
    const running = spawn(
      process.execPath,
      [command, 'bot', 'dashboard', '--project', 'shop', '--port', '0', '--no-browser'],
      {
        cwd: looking,
        env: {
          PATH: process.env.PATH,
          AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
          AWS_REGION: 'eu-central-1',
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
        },
      },
    );
    try {
      let said = '';
      for (const stream of [running.stdout, running.stderr])
        stream.on('data', (chunk) => {
          said += chunk;
        });
      await expect.poll(() => said, { timeout: 15_000 }).toContain('Dashboard of shop: http');
      const url = said.match(/http:\S+/)?.[0] ?? '';
      const html = await (await fetch(url)).text();
      const files = [...html.matchAll(/(?:href|src)="(\w+\.\w+)"/g)].map(([, name = '']) => name);
      expect(files).toEqual(expect.arrayContaining(['main.js', 'style.css', 'icon.svg']));
      for (const name of files) expect((await fetch(new URL(name, url))).status, name).toBe(200);
    } finally {
      running.kill('SIGKILL');
      account.close();
      account.closeAllConnections();
    }
  }, 30_000);

  test('the command runs, and says what building needs', () => {
    const command = path.join(app, 'node_modules/.bin/hookline');
    expect(inApp(command, '--version')).toBe(`${packageJson.version}\n`);
    // Loading Node's SQLite warns, and an older Node does not have it.
    expect(spawnSync(process.execPath, [command, 'bot', '--help'], { encoding: 'utf8' }).stderr).toBe('');
    expect(() => inApp(command, 'bot', 'build', '--agent', 'handler.ts')).toThrow(
      /npm install --save-dev esbuild/,
    );
  });
});

test('optional peers are exactly the peers', () => {
  expect(Object.keys(packageJson.peerDependenciesMeta)).toEqual(Object.keys(packageJson.peerDependencies));
  for (const { optional } of Object.values(packageJson.peerDependenciesMeta)) expect(optional).toBe(true);
});

const FILES_SPEC = `sage_yaml: {name: Ids, description: d, version: "1", author: a}
catalogs:
  ids: {name: Ids, description: d, filename: ids.csv, file_format: {type: CSV, delimiter: ","}, fields: [{name: id, type: texto}]}
packages:
  ids: {name: Ids, description: d, file_format: {type: CSV}, catalogs: [ids]}
`;
