import { chromium, docker, node22, type Prerequisite, python, terraform } from './prerequisites.ts';

/** One tier of tests: a vitest project, what it needs, and whether `npm test` runs it unasked. */
export interface Tier {
  readonly name: string;
  readonly project: string;
  readonly needs: readonly Prerequisite[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Why `npm test` leaves it out; absent for the tiers it runs. */
  readonly onRequest?: string;
}

const plain = (name: string, ...needs: Prerequisite[]): Tier => ({
  name,
  project: name,
  needs: [node22, ...needs],
});

export const tiers: readonly Tier[] = [
  plain('unit'),
  plain('faults'),
  plain('terraform', terraform, python),
  plain('emulator', terraform, python),
  plain('browser', terraform, python, chromium),
  {
    ...plain('localstack', terraform, docker),
    project: 'emulator',
    environment: { AWS_TEST_BACKEND: 'localstack' },
    onRequest: 'needs Docker; npm run test:localstack',
  },
];
