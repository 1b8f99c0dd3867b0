import { ARN, COMMON_INPUTS } from '../parts/common-inputs.ts';
import { integer, object, optionalInput, text } from '../parts/inputs.ts';

/** Who is told of what (contract files §9). */
export const FILES_ALARM_INPUTS = {
  alarms: COMMON_INPUTS.alarms,
  alarmTopic: optionalInput(object({ arn: text(ARN) }), 'Your own SNS topic for alarms. Null: make one.'),
  runbookUrl: optionalInput(
    text('^https?://\\S+$'),
    'Address of your runbook: the description of each alarm ends with it, a hash and the name of the alarm. Null: no link.',
  ),
  dailyBudgetUsd: optionalInput(
    integer(1, 1_000_000),
    'US dollars that the function may cost a day; an alarm rings above it. Null: no such alarm.',
  ),
  dashboard: COMMON_INPUTS.dashboard,
} as const;
