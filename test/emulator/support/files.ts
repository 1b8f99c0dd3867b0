import path from 'node:path';
import { checkerSettings } from '../../../local/files/checker.ts';

/** The checking of files of the emulator tier, as the local stand has it. */

/** The published module's outputs that the tests use. */
export interface FilesOutputs {
  readonly [name: string]: unknown;
  readonly bucket_name: string;
  readonly lock_table_name: string;
  readonly executions_table_name: string;
  readonly processor_function_name: string;
  readonly processor_alias_arn: string;
  readonly detector_function_name: string;
  readonly failures_queue_url: string;
}

/** Of the module in the root, and of its output. */
const NAME = 'files';

/** What a user would write to have it. */
export const filesRoot = (moduleFolder: string, folder: string) => ({
  module: { [NAME]: { source: path.relative(folder, moduleFolder), ...checkerSettings() } },
  output: { [NAME]: { value: `\${module.${NAME}}` } },
});
