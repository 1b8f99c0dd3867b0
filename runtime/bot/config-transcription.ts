import type { EnvironmentReader } from '../core/config.ts';

/** A service that writes down what is said (contract bot §12.2). */
export interface TranscriptionConfig {
  /** Up to `/v1`, without a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
}

/** Groq if its key is there, else OpenAI if its is; undefined: sounds are not transcribed. */
export function readTranscription(env: EnvironmentReader): TranscriptionConfig | undefined {
  const groq = {
    baseUrl: 'https://api.groq.com/openai/v1',
    apiKey: env.text('GROQ_API_KEY'),
    model: env.text('GROQ_TRANSCRIPTION_MODEL') ?? 'whisper-large-v3-turbo',
  };
  const openAi = {
    baseUrl: env.text('OPENAI_BASE_URL') ?? 'https://api.openai.com/v1',
    apiKey: env.text('OPENAI_API_KEY'),
    model: env.text('OPENAI_TRANSCRIPTION_MODEL') ?? 'gpt-transcribe',
  };
  return [groq, openAi].flatMap(({ apiKey, ...rest }) => (apiKey ? [{ ...rest, apiKey }] : []))[0];
}
