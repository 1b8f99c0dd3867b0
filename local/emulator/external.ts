import { Problem } from '../problem.ts';
import { type Emulator, healthy } from './emulator.ts';

/** Uses an emulator that somebody else started. Its functions must be able to reach this machine's loopback. */
export async function useExternal(endpointUrl: string | undefined): Promise<Emulator> {
  if (!endpointUrl)
    throw new Problem('AWS_TEST_BACKEND is "external": AWS_ENDPOINT_URL must say where it is.');
  const endpoint = endpointUrl.replace(/\/+$/, '');
  const candidates = [`${endpoint}/_ministack/health`, `${endpoint}/_localstack/health`];
  const answers = await Promise.all(candidates.map((url) => healthy(url, () => true, 5000)));
  if (!answers.includes(true))
    throw new Problem(`No AWS emulator answers at ${endpoint} (AWS_ENDPOINT_URL).`);
  return {
    backend: 'external',
    endpoint,
    serverUrl: (port) => `http://127.0.0.1:${port}`,
    stop: async () => {},
    isSaved: () => false,
  };
}
