import { TransactWriteItemsCommand, type TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { type AwsClient, awsErrorName, callAws, type Patience } from './aws-errors.ts';
import type { Clock } from './clock.ts';
import type { Item } from './dynamodb-values.ts';

/** `refused`: a condition did not hold; for each action what stood there, where it was asked for. */
export type TransactionResult =
  | { readonly status: 'done' }
  | { readonly status: 'refused'; readonly items: readonly (Item | undefined)[] };

interface Reason {
  readonly Code?: string;
  readonly Item?: Item;
}

/** Reasons of a cancelled transaction and the errors that single writes have for them. */
const ERROR_NAMES: Readonly<Record<string, string>> = {
  TransactionConflict: 'TransactionConflictException',
  ThrottlingError: 'ThrottlingException',
  ProvisionedThroughputExceeded: 'ProvisionedThroughputExceededException',
  ValidationError: 'ValidationException',
};

/**
 * Writes all or nothing. Conflicts and throttles are repeated as those of single writes; give a
 * `ClientRequestToken`, so that a repetition after a lost answer is done once. Throws `AwsCallError`.
 */
export async function transactWrite(
  dynamodb: AwsClient,
  clock: Clock,
  input: TransactWriteItemsCommandInput,
  patience?: Patience,
): Promise<TransactionResult> {
  const command = new TransactWriteItemsCommand(input);
  const send = async (): Promise<TransactionResult> => {
    try {
      await dynamodb.send(command);
      return { status: 'done' };
    } catch (error) {
      if (awsErrorName(error) !== 'TransactionCanceledException') throw error;
      return refused(error);
    }
  };
  return callAws(clock, 'dynamodb:TransactWriteItems', send, patience);
}

function refused(error: unknown): TransactionResult {
  const { CancellationReasons: reasons = [] } = error as { CancellationReasons?: readonly Reason[] };
  if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed'))
    return { status: 'refused', items: reasons.map(({ Item }) => Item) };
  // Without a reason it can only have met another writer.
  const code =
    reasons.map(({ Code }) => Code).find((found) => found && found !== 'None') ?? 'TransactionConflict';
  const { $metadata } = error as { $metadata?: object };
  throw Object.assign(new Error(code), { name: ERROR_NAMES[code] ?? code, $metadata });
}
