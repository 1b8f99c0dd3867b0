/** What a function wrote since a time, oldest first; empty when that is nothing or it cannot be read. */
export async function functionLogs(
  endpoint: string,
  functionName: string,
  sinceMillis: number,
): Promise<readonly string[]> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
        // Emulators read service and region from it and check nothing.
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ logGroupName: `/aws/lambda/${functionName}`, startTime: sinceMillis }),
      signal: AbortSignal.timeout(5000),
    });
    const { events = [] } = (await response.json()) as { events?: { message: string }[] };
    return events.map((event) => event.message.trimEnd());
  } catch {
    return [];
  }
}
