import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { CHECKER_FUNCTIONS, CHECKER_NAME, checkerSettings } from '../../../local/files/checker.ts';
import { exampleDelivery } from '../../../local/files/example.ts';
import { handIn, tellFiles } from '../../../local/files/tell.ts';
import { Files } from '../../../modules/files/index.ts';
import { ReadableStack } from '../../../modules/module-stack.ts';
import { checkSettings } from '../../../modules/settings.ts';
import { readEvent } from '../../../runtime/files/event/event.ts';
import type { ExecutionRecord } from '../../../runtime/files/store/execution-record.ts';
import { FILES_ZIPS } from '../../modules/files-synth.ts';
import { blocks, type Synthesised, synthIn } from '../../modules/synth.ts';

describe('the checking of files on a stand', () => {
  it('has settings that the module takes, and nothing that an emulator cannot give up', () => {
    const { files } = checkSettings({ files: checkerSettings() }, 'hookline.json');
    const stack = synthIn<Synthesised>((app) => {
      const made = new ReadableStack(app, 'files');
      new Files(made, 'Default', { ...files, bundles: FILES_ZIPS });
      return made;
    });
    const functions = blocks(stack, 'aws_lambda_function');
    expect(functions.map((each) => each.function_name).sort()).toEqual(
      Object.values(CHECKER_FUNCTIONS).sort(),
    );
    const processor = functions.find((each) => each.function_name === CHECKER_FUNCTIONS.processor);
    expect(processor?.reserved_concurrent_executions ?? null).toBeNull();
    expect(processor?.architectures).toEqual([process.arch === 'arm64' ? 'arm64' : 'x86_64']);
    for (const table of blocks(stack, 'aws_dynamodb_table'))
      expect(table.deletion_protection_enabled ?? false).toBe(false);
  });

  it('plays the example, with its tables in a ZIP', async () => {
    const { yamlText, fileName, content } = await exampleDelivery();
    expect(yamlText).toContain('sage_yaml:');
    expect(fileName).toMatch(/\.zip$/);
    expect(Object.keys(unzipSync(content)).sort()).toEqual(['clientes.csv', 'pedidos.csv']);
  });

  it('tells verdict, counts, where it ran and why, and where the report lies', () => {
    const record = {
      executionId: 'e-1',
      state: 'PARTIAL',
      target: 'lambda',
      reason: 'queue-pressure',
      counts: { records: 5, errors: 0, warnings: 1, messages: 0 },
    } as ExecutionRecord;
    const reportUrl = 's3://bucket/executions/e-1/report.html';
    const text = tellFiles([{ record, reportUrl, tookMillis: 12 }]).join('\n');
    expect(text).toContain('Parcial (PARTIAL): records 5, errors 0, warnings 1');
    expect(text).toContain("in the emulator's Lambda (queue-pressure)");
    expect(text).toContain(reportUrl);
  });

  it('says how to hand in a delivery, with an event that the function takes', () => {
    const outputs = { bucket_name: 'bucket', processor_function_name: CHECKER_FUNCTIONS.processor };
    const text = handIn({ endpoint: 'http://127.0.0.1:1', outputs }).join('\n');
    const event = JSON.parse(text.match(/echo '(.*)'/)?.[1] ?? '');
    expect(readEvent(event).problems ?? []).toEqual([]);
    expect(text).toContain('AWS_ENDPOINT_URL=http://127.0.0.1:1 ');
    expect(text).toContain(`--name ${CHECKER_NAME}`);
  });
});
