import { extensionOf } from '../channels/media-types.ts';
import { HooklineError } from '../core/errors.ts';
import { asRecord } from '../core/json.ts';
import type { TranscriptionConfig } from './config-transcription.ts';

/** A sound that a user sent. */
export interface Sound {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  /** With the ending that fits its type. */
  readonly fileName: string;
}

/** Writes down what is said. It may throw: the agent then reads that it could not be done. */
export type Transcribe = (sound: Sound, options: { readonly signal: AbortSignal }) => Promise<string>;

/** A file name whose ending tells services what the bytes are. */
export const soundName = (mimeType: string): string => `voice.${extensionOf(mimeType) ?? 'ogg'}`;

/** Asks a service with OpenAI's transcription API: `POST <base url>/audio/transcriptions`. */
export function transcriber(config: TranscriptionConfig, fetcher: typeof fetch): Transcribe {
  return async ({ bytes, mimeType, fileName }, { signal }) => {
    const body = new FormData();
    body.set('model', config.model);
    body.set('response_format', 'json');
    body.set('file', new Blob([new Uint8Array(bytes)], { type: mimeType }), fileName);
    const response = await fetcher(`${config.baseUrl}/audio/transcriptions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${config.apiKey}` },
      body,
      signal,
    });
    const { text } = asRecord(await response.json().catch(() => undefined));
    if (response.ok && typeof text === 'string') return text;
    const isPassing = response.status === 429 || response.status >= 500;
    throw new HooklineError(
      `The transcription failed: code ${response.status}`,
      isPassing ? 'transient' : 'permanent',
      { code: response.status },
    );
  };
}
