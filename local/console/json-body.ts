import { asRecord, type JsonRecord } from '../../runtime/core/json.ts';

/** The JSON object of a request; undefined when its body is anything else. */
export async function jsonBody(request: Request): Promise<JsonRecord | undefined> {
  try {
    const value: unknown = await request.json();
    const record = asRecord(value);
    return record === value ? record : undefined;
  } catch {
    return undefined;
  }
}
