import type { TestProject } from 'vitest/node';
import { startConsole } from '../../local/console/start.ts';
import { checkRequirements } from '../../local/requirements.ts';
import { type Stand, startStand } from '../../local/stand.ts';

/** What the tests of the tier share: the stand of `npm start -- --all`, and its console. */
export interface ConsoleContext {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Of the stand-ins' server, likewise. */
  readonly standInUrl: string;
  /** Of the emulator. */
  readonly endpoint: string;
  /** URL of the reply engine's dead-letter queue. */
  readonly deadLetterUrl: string;
  /** What must never reach the page. */
  readonly secrets: readonly string[];
}

declare module 'vitest' {
  interface ProvidedContext {
    console: ConsoleContext;
  }
}

/** The account's sid is no secret, but stands on no page all the same. */
const repliesSecrets = ({ replies }: Stand): readonly string[] => Object.values(replies?.secrets ?? {});

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  const stand = await startStand({
    ...(await checkRequirements()),
    providers: ['whatsapp', 'telegram'],
    hasReplies: true,
    port: 0,
    folder: '.hookline/browser-tier',
    say: (line) => console.log(line),
    signal: stopping.signal,
  });
  try {
    const server = await startConsole(stand, 0);
    const { phoneNumberId: _, ...secrets } = stand.secrets;
    project.provide('console', {
      url: `http://127.0.0.1:${server.port}`,
      standInUrl: stand.serverUrl,
      endpoint: stand.emulator.endpoint,
      deadLetterUrl: String(stand.replies?.outputs.whatsapp_dead_letter_queue_url),
      secrets: [...Object.values(secrets), ...repliesSecrets(stand)],
    });
    return async () => {
      await server.close();
      await stand.stop();
    };
  } catch (error) {
    await stand.stop();
    throw error;
  }
}
