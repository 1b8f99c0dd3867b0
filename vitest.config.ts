import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** One project per test tier (`npm run test:<tier>`); `test/run.ts` runs them one after another. */

const emulatorSetup = './test/emulator/global-setup.ts';
const leastPrivilege = 'test/emulator/*least-privilege.test.ts';
const load = 'test/emulator/load.test.ts';
const minutes = (count: number): number => count * 60_000;

export default defineConfig({
  test: {
    // Histories use Node's own SQLite, which Node 22 still calls experimental.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'test/{runtime,modules,support,local,repo,cli}/**/*.test.ts',
            'test/conformance/**/*.fake.test.ts',
          ],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          testTimeout: minutes(10),
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'terraform',
          include: ['test/terraform/**/*.test.ts'],
          testTimeout: minutes(5),
          hookTimeout: minutes(5),
        },
      },
      {
        test: {
          name: 'emulator',
          include: ['test/emulator/**/*.test.ts', 'test/conformance/**/*.emulator.test.ts'],
          // Only MiniStack lets the calls of functions pass through the recorder, and the load is for it; the set-up says so.
          exclude:
            (process.env.AWS_TEST_BACKEND || 'ministack') === 'ministack' ? [] : [leastPrivilege, load],
          // One emulator and one apply, shared by every file.
          globalSetup: existsSync(emulatorSetup) ? [emulatorSetup] : [],
          fileParallelism: false,
          testTimeout: minutes(3),
          hookTimeout: minutes(10),
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          // One stand for all files, as npm start makes it.
          globalSetup: ['./test/browser/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: minutes(2),
        },
      },
    ],
  },
});
