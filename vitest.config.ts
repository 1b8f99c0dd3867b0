import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** One project per test tier (`npm run test:<tier>`); `test/run.ts` runs them one after another. */

const emulatorSetup = './test/emulator/global-setup.ts';
const minutes = (count: number): number => count * 60_000;

export default defineConfig({
  test: {
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
