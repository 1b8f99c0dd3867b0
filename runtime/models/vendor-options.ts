/** What an adapter of a vendor's own API needs. */
export interface VendorOptions {
  readonly model: string;
  readonly apiKey: string;
  /** Up to the path of the API's operation (`/responses`, `/v1/messages`). Default: the vendor itself. */
  readonly baseUrl?: string | undefined;
  /** Whether the model holds to a JSON Schema; the oldest refuse it. Default true. */
  readonly structuredOutput?: boolean | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}
