import { mkdir, writeFile } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import type { AwsUse } from './support/aws-recorder.ts';
import { BOT_NAMES } from './support/bots.ts';
import { startTestStand, type TestStand } from './support/stand.ts';

declare module 'vitest' {
  interface ProvidedContext {
    emulator: TestStand;
  }
}

const say = (line: string) => console.log(line);

/** What the tests of the tier share. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const ends: (() => Promise<void>)[] = [];
  const atEnd = (end: () => Promise<void>) => ends.push(end);
  const tearDown = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const options = {
      name: 'emulator-tier',
      bots: BOT_NAMES,
      replies: true,
      files: true,
      onRecorded: writeReport,
      say,
      atEnd,
    };
    const stand = await startTestStand(options);
    if (stand.backend !== 'ministack') {
      say(
        'Not run here: least-privilege.test.ts and replies-least-privilege.test.ts. Only MiniStack lets the calls of functions pass the recorder.',
      );
      if (stand.backend === 'localstack')
        say(
          'Not run here: rows 56 and 48 over records of more than 100 KB. LocalStack refuses such items; MiniStack takes them.',
        );
      say('Not run here: load.test.ts. The load is for the embedded emulator; order.test.ts runs.');
    }
    project.provide('emulator', stand);
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}

/** What the functions called, for whoever wants to read it. */
async function writeReport(uses: readonly AwsUse[]): Promise<void> {
  const sorted = uses.map((use) => JSON.stringify(use)).sort();
  await mkdir('dist/reports', { recursive: true });
  await writeFile('dist/reports/aws-calls.json', `[\n${sorted.join(',\n')}\n]\n`);
}
