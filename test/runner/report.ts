/** The part of vitest's JSON report that is read here. */
export interface VitestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export interface TierResult {
  readonly tier: string;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  /** What went wrong besides failed tests, one sentence each. */
  readonly faults: readonly string[];
}

/** Counts a tier. A skipped test, a file that could not be loaded, a crash: each is a failure. */
export function countTier(
  tier: string,
  seconds: number,
  exitCode: number | null,
  report?: VitestReport,
): TierResult {
  if (!report) return failedTier(tier, `vitest ended with ${exitCode} before it wrote its report`, seconds);
  const faults = [...skippedTests(report), ...unloadedFiles(report)];
  const failed = report.numFailedTests + faults.length;
  const total = report.numPassedTests + failed;
  if (total === 0) return failedTier(tier, 'no test was found', seconds);
  if (exitCode !== 0 && failed === 0) {
    faults.push(`vitest ended with ${exitCode} though no test failed`);
    return { tier, seconds, passed: report.numPassedTests, failed: 1, faults };
  }
  return { tier, seconds, passed: report.numPassedTests, failed, faults };
}

/** A tier that could not run counts as one failure. */
export const failedTier = (tier: string, fault: string, seconds = 0): TierResult => ({
  tier,
  seconds,
  passed: 0,
  failed: 1,
  faults: [fault],
});

const skippedTests = (report: VitestReport): string[] =>
  report.testResults.flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName, status }) => `${status}: ${fullName}`),
  );

const unloadedFiles = (report: VitestReport): string[] =>
  report.testResults
    .filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    )
    .map(({ name }) => `could not be run: ${name}`);

/** The last lines of a test run; the very last is `N passed, N failed`. */
export function summaryLines(results: readonly TierResult[], left: readonly string[]): string[] {
  const sum = (key: 'passed' | 'failed'): number => results.reduce((total, each) => total + each[key], 0);
  return [
    'Tiers',
    ...results.flatMap(tierLines),
    ...left.map((line) => `  not run      ${line}`),
    `${sum('passed')} passed, ${sum('failed')} failed`,
  ];
}

function tierLines({ tier, seconds, passed, failed, faults }: TierResult): string[] {
  const state = failed === 0 ? 'ok    ' : 'FAILED';
  return [
    `  ${state} ${tier.padEnd(11)} ${passed} passed, ${failed} failed in ${seconds.toFixed(0)} s`,
    ...faults.map((fault) => `           ${fault}`),
  ];
}
