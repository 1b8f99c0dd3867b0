import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { buildDetectorHandler } from '../../../../runtime/files/detector-handler.ts';
import { buildWorkerHandler } from '../../../../runtime/files/worker-handler.ts';
import { EXECUTIONS_SCHEMA, LOCKS_SCHEMA } from '../../../conformance/files-tables.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../../support/fake-dynamodb.ts';
import { FakeLambda } from '../../../support/fake-lambda.ts';
import { FakeS3 } from '../../../support/fake-s3.ts';
import { FakeSecrets } from '../../../support/fake-secrets.ts';
import { FakeSqs } from '../../../support/fake-sqs.ts';
import { LogCapture } from '../../../support/log-capture.ts';

export const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/000000000000/sage-failed-executions';

/** What the functions touch in AWS, as fakes, and both handlers. */
export class Cloud {
  readonly clock = new FakeClock({ auto: false });
  readonly dynamodb = new FakeDynamoDb({ locks: LOCKS_SCHEMA, executions: EXECUTIONS_SCHEMA });
  readonly s3 = new FakeS3(['bucket']);
  readonly lambda = new FakeLambda();
  readonly sqs = new FakeSqs(this.clock, [{ url: QUEUE }]);
  readonly secretsManager = new FakeSecrets();
  readonly logs = new LogCapture();
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'files-handler-'));
  readonly environment = {
    SAGE_S3_BUCKET: 'bucket',
    SAGE_LOCK_TABLE: 'locks',
    SAGE_EXECUTIONS_TABLE: 'executions',
    SAGE_LAMBDA_FUNCTION: 'sage-file-processor:live',
    SAGE_ENVIRONMENT: 'test',
    SAGE_INVOCATION_MODE: 'sync',
    SAGE_LOCALE: 'en',
  };
  readonly options = {
    clients: this,
    environment: this.environment,
    temporaryFolder: this.folder,
    writeLog: this.logs.write,
  };
  readonly worker = buildWorkerHandler(this.options);
  readonly detector = buildDetectorHandler(this.options);

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  async put(name: string, content: string, executionId = 'e1'): Promise<void> {
    const Key = `executions/${executionId}/${name}`;
    await this.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: Buffer.from(content) }));
  }

  text(name: string, executionId = 'e1'): string {
    return Buffer.from(
      this.s3.buckets.get('bucket')!.get(`executions/${executionId}/${name}`)!.body,
    ).toString();
  }

  get keys(): readonly string[] {
    return [...this.s3.buckets.get('bucket')!.keys()].map((key) => key.replace('executions/e1/', ''));
  }

  get record() {
    return this.dynamodb.item('e1', 'executions')!;
  }
}
