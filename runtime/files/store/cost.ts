/** USD. The defaults are AWS's first tier in us-east-1; others come from the settings (`SAGE_PRICE_GB_SECOND`). */
export interface Prices {
  /** Of a GB of memory for a second. */
  readonly gbSecond: number;
  /** Of a million requests. */
  readonly millionRequests: number;
  /** Of a GB of `/tmp` above the free 512 MB for a second. */
  readonly ephemeralGbSecond: number;
}

export type Architecture = 'x86_64' | 'arm64';

const COMMON = { millionRequests: 0.2, ephemeralGbSecond: 0.0000000309 } as const;

export const PRICES: Readonly<Record<Architecture, Prices>> = {
  x86_64: { gbSecond: 0.0000166667, ...COMMON },
  arm64: { gbSecond: 0.0000133334, ...COMMON },
};

const FREE_EPHEMERAL_MB = 512;

/** The arm64 prices, with the price of a GB-second that a deployment names. */
export const pricesWith = (gbSecond: number | undefined): Prices =>
  gbSecond === undefined ? PRICES.arm64 : { ...PRICES.arm64, gbSecond };

export interface Run {
  readonly memoryMb: number;
  readonly billedMillis: number;
  /** Size of `/tmp`; default 512, which is free. */
  readonly ephemeralMb?: number;
  /** Default 1. */
  readonly requests?: number;
}

/** USD, by what it is paid for. */
export interface Cost {
  readonly compute: number;
  readonly requests: number;
  readonly ephemeral: number;
  readonly total: number;
}

/** What a run on Lambda costs (contract files §9). */
export function costOf(run: Run, prices: Prices = PRICES.arm64): Cost {
  const { memoryMb, billedMillis, ephemeralMb = FREE_EPHEMERAL_MB, requests: count = 1 } = run;
  const seconds = billedMillis / 1000;
  const compute = (memoryMb / 1024) * seconds * prices.gbSecond;
  const requests = (count / 1_000_000) * prices.millionRequests;
  const paidEphemeralGb = Math.max(0, ephemeralMb - FREE_EPHEMERAL_MB) / 1024;
  const ephemeral = paidEphemeralGb * seconds * prices.ephemeralGbSecond;
  return { compute, requests, ephemeral, total: compute + requests + ephemeral };
}
