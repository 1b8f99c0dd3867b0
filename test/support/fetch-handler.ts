import type { HttpRequest } from '@smithy/types';

/** Lets an AWS client reach a `fetch`, with the errors that `fetch` throws. */
export const fetchHandler = (fetch: typeof globalThis.fetch) => ({
  async handle(request: HttpRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
    const { protocol, hostname, port, path, method, headers, body } = request;
    const url = `${protocol}//${hostname}${port ? `:${port}` : ''}${path}`;
    const signal = abortSignal ?? null;
    const text = body === undefined ? null : new TextDecoder().decode(body);
    const response = await fetch(url, { method, headers, body: text, signal });
    return {
      response: {
        statusCode: response.status,
        headers: Object.fromEntries(response.headers),
        body: response.body ?? new Blob([]).stream(),
      },
    };
  },
});
