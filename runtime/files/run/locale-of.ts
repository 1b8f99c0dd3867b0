import type { RunOptions } from '../event/types.ts';
import type { Locale } from '../messages.ts';
import type { Run } from './run-execution.ts';

/** The language of a run's reports. */
export const localeOf = ({ event, record, ports }: Run): Locale =>
  (record.options as RunOptions | undefined)?.locale ?? event.options.locale ?? ports.locale;
