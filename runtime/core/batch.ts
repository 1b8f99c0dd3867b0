/** The fields of an SQS record that a batch needs. */
export interface QueueRecord {
  readonly messageId: string;
  readonly attributes?: { readonly MessageGroupId?: string } & Readonly<Record<string, string | undefined>>;
}

/** What Lambda expects with `ReportBatchItemFailures`. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Works a batch record by record, in order. A failure stops its message group: that record and the later
 * ones of its group are reported and come back in order; other groups go on (contract bot §6.6).
 */
export async function processBatch<R extends QueueRecord>(
  records: readonly R[],
  work: (record: R) => Promise<void>,
  onFailure: (record: R, error: unknown) => void,
): Promise<BatchResponse> {
  const failed: string[] = [];
  const stoppedGroups = new Set<string>();
  for (const record of records) {
    const group = record.attributes?.MessageGroupId;
    if (group !== undefined && stoppedGroups.has(group)) {
      failed.push(record.messageId);
      continue;
    }
    try {
      await work(record);
    } catch (error) {
      onFailure(record, error);
      failed.push(record.messageId);
      if (group !== undefined) stoppedGroups.add(group);
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}
