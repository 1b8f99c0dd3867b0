import type { Construct } from 'constructs';
import type { LambdaFunction } from '../parts/function.ts';
import { type Grant, policyDocument, type Statement } from '../parts/iam.ts';
import { attribute, isEmpty, not } from '../parts/optional.ts';
import type { Surroundings } from './environment.ts';
import type { Files } from './index.ts';
import {
  detectorStatements,
  orchestratorStatements,
  type PolicySubjects,
  processorStatements,
  readerStatements,
} from './policies.ts';

export interface Grants {
  readonly processor: Grant;
  /** The documents as JSON. */
  readonly json: Readonly<Record<'processor' | 'detector' | 'orchestrator' | 'reader', string>>;
}

/** Gives the functions their rights, and writes down those of the orchestrator's host and of readers. */
export function grantRights(
  scope: Construct,
  files: Pick<Files, 'surroundings' | 'processor' | 'detector'>,
): Grants {
  const subjects = (of: LambdaFunction) => subjectsOf(files.surroundings, of);
  const processor = files.processor.role.grant(processorStatements(subjects(files.processor)));
  const detector = files.detector.role.grant(detectorStatements(subjects(files.detector)));
  const document = (id: string, statements: readonly Statement[]) =>
    attribute(policyDocument(scope, id, statements), 'json');
  const others = subjects(files.processor);
  return {
    processor,
    json: {
      processor: processor.json,
      detector: detector.json,
      orchestrator: document('orchestrator', orchestratorStatements(others)),
      reader: document('reader', readerStatements(others)),
    },
  };
}

function subjectsOf({ values, parts }: Surroundings, { logGroup }: LambdaFunction): PolicySubjects {
  const { bucket, tables, queues, processor, detector } = parts;
  return {
    ...values,
    logGroupArn: attribute(logGroup, 'arn'),
    bucketArn: bucket.bucketArn,
    locksArn: tables.locks.tableArn,
    executionsArn: tables.executions.tableArn,
    failuresArn: attribute(queues.failures, 'arn'),
    dispatchArn: attribute(queues.dispatch, 'arn'),
    hasDispatch: queues.hasDispatch,
    processorAliasArn: attribute(processor.alias, 'arn'),
    functionArns: [processor, detector].map((each) => attribute(each.function, 'arn')),
    secretArns: values.secrets,
    hasSecrets: not(isEmpty(values.secrets)),
  };
}
