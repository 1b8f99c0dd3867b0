import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import type { Construct } from 'constructs';
import { attribute, choose, given, named, not, type Optional, unwrap, when } from './optional.ts';

export interface AlarmTopicProps {
  readonly name: string;
  /** The caller's own topic: then none is made. */
  readonly own: Optional<{ readonly arn: string }>;
  readonly kmsKeyArn: Optional<string>;
}

/** ARN of the topic that alarms go to; a topic is made unless the caller has one. */
export function alarmTopicArn(scope: Construct, { name, own, kmsKeyArn }: AlarmTopicProps): string {
  const key = unwrap(kmsKeyArn);
  const topic = when(
    not(given(own)),
    (count) =>
      new SnsTopic(scope, 'alarm_topic', {
        name,
        ...(key === undefined ? {} : { kmsMasterKeyId: key }),
        ...count,
      }),
  );
  const arn = choose(given(own), unwrap(own)?.arn ?? '', attribute(topic, 'arn'));
  return named(scope, 'alarm_topic_arn', arn);
}
