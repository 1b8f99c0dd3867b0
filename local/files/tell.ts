import { REGION, TEST_KEYS } from '../terraform.ts';
import { CHECKER_NAME } from './checker.ts';
import type { PlayedExecution } from './play.ts';
import type { StandFiles } from './stand.ts';

/** Labels of contract files §2; REJECTED here is a run with a bad verdict. */
const LABELS: Readonly<Record<string, string>> = {
  SUCCEEDED: 'Éxito',
  PARTIAL: 'Parcial',
  REJECTED: 'Fallido',
};

const PLACES = { local: 'on this machine', lambda: "in the emulator's Lambda" } as const;

/** What became of each execution. */
export const tellFiles = (played: readonly PlayedExecution[]): readonly string[] =>
  played.flatMap(({ record, reportUrl, tookMillis }) => {
    const { executionId, state, target = 'local', reason, counts } = record;
    const { records = 0, errors = 0, warnings = 0 } = counts ?? {};
    return [
      `\nexecution  ${executionId}`,
      `ran        ${PLACES[target]} (${reason}), published after ${tookMillis} ms`,
      `verdict    ${LABELS[state] ?? state} (${state}): records ${records}, errors ${errors}, warnings ${warnings}`,
      `report     ${reportUrl}`,
    ];
  });

/** How somebody hands in a delivery of their own, and looks at what became of it. */
export function handIn({ endpoint, outputs }: Pick<StandFiles, 'endpoint' | 'outputs'>): readonly string[] {
  const folder = `s3://${String(outputs.bucket_name)}/executions/my-1/`;
  const event = {
    execution_id: 'my-1',
    yaml_ref: { source_execution_id: 'my-1', filename: 'spec.yaml' },
    input_files: [{ source_execution_id: 'my-1', filename: 'data.zip' }],
    invocation: 'sync',
  };
  const { accessKeyId, secretAccessKey } = TEST_KEYS;
  return [
    `\nChecking of files: ${CHECKER_NAME}. In another shell, to reach it:`,
    `  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${REGION} AWS_DEFAULT_REGION=${REGION} AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    'A delivery of your own, with an id of your own (here my-1):',
    `  aws s3 cp spec.yaml ${folder} && aws s3 cp data.zip ${folder}`,
    `  echo '${JSON.stringify(event)}' > event.json`,
    `  aws lambda invoke --function-name ${String(outputs.processor_function_name)} --qualifier live --payload fileb://event.json answer.json`,
    'What ran, and what waits:',
    `  npx hookline files dashboard --name ${CHECKER_NAME}`,
  ];
}
