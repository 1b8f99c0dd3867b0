import type { ExecutionRecord, FileReference } from '../store/execution-record.ts';
import { EVENT_VERSION } from './limits.ts';

/** Where the list of inputs lies when it is too long for an event. */
export const INPUTS_FILE = 'cfg/inputs.json';
/** Where the specification of an execution lies. */
export const YAML_FILE = 'cfg/config.yaml';

const referenceData = ({ sourceExecutionId, filename }: FileReference) => ({
  source_execution_id: sourceExecutionId,
  filename,
});

/** Inputs as an event and `cfg/inputs.json` name them. */
export const inputsData = (inputs: readonly FileReference[]) => inputs.map(referenceData);

/** The event of a record's present attempt. `isSplit`: the list of inputs lies in `cfg/inputs.json`. */
export function eventOf(record: ExecutionRecord, isSplit: boolean): Readonly<Record<string, unknown>> {
  const own = (filename: string) => ({ sourceExecutionId: record.executionId, filename });
  return {
    v: EVENT_VERSION,
    execution_id: record.executionId,
    attempt: record.attempt,
    yaml_ref: referenceData(record.yamlRef ?? own(YAML_FILE)),
    ...(isSplit
      ? { inputs_ref: referenceData(own(INPUTS_FILE)) }
      : { input_files: inputsData(record.inputs) }),
    ...(record.options && { options: record.options }),
    invocation: 'async',
  };
}
