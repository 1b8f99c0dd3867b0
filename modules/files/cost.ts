import {
  ABSENT,
  choose,
  expression,
  given,
  hcl,
  isExpression,
  type Settable,
  unwrap,
} from '../parts/optional.ts';
import type { FilesValues } from './index.ts';

/** USD for a GB-second: of a run, and of an environment kept warm. First tier, eu and us regions. */
export const PRICES = {
  arm64: { run: '0.0000133334', warm: '0.0000033334' },
  x86_64: { run: '0.0000166667', warm: '0.0000041667' },
} as const;

const SECONDS_OF_30_DAYS = 30 * 86_400;

/** The price that goes with the processor. */
export function priceOf(architectures: Settable<readonly string[]>, of: 'run' | 'warm'): string {
  const [arm, x86] = [PRICES.arm64[of], PRICES.x86_64[of]];
  if (!isExpression(architectures)) return architectures.includes('arm64') ? arm : x86;
  return choose(expression(`contains(${hcl(architectures)}, "arm64")`), arm, x86);
}

/** What the environments that are kept warm cost while nothing runs. */
export function idleUsdPerMonth(values: FilesValues): string {
  const { provisionedConcurrency: warm, memoryMb, architectures } = values;
  const min = unwrap(warm)?.min;
  if (min === undefined) return ABSENT;
  const price = `tonumber(${hcl(priceOf(architectures, 'warm'))})`;
  const cost = expression(
    `format("%.2f", ${hcl(min)} * ${hcl(memoryMb)} / 1024 * ${SECONDS_OF_30_DAYS} * ${price})`,
  );
  return choose<string>(given(warm), cost, ABSENT);
}
