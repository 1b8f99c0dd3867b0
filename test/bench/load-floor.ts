import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { strToU8, zipSync } from 'fflate';
import type { StandInCall } from '../../local/stand-ins/stand-in.ts';
import type { TestStand } from '../emulator/support/stand.ts';
import { createApi, createFunction, invokeZip } from './emulated-functions.ts';

/** Milliseconds from a POST to the provider's receipt of the answer. */
export type Floor = () => Promise<number>;

const CHAT = '1';

/** A worker that sends what it is told, and does nothing else. */
const sendZip = (): Uint8Array =>
  zipSync({
    'index.mjs': strToU8(
      `export const handler = async (message) => {
        await fetch(process.env.SEND_URL, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(message),
        });
        console.log('{"level":"INFO"}');
      };`,
    ),
  });

/** A front handler that invokes a worker that sends. Each call sends one message and waits for it. */
export async function deployFloor({ endpoint, serverUrl, secrets }: TestStand): Promise<Floor> {
  const emulator = { endpoint };
  const folder = await mkdtemp(path.join(tmpdir(), 'hookline-bench-'));
  const zip = await invokeZip(folder);
  await rm(folder, { recursive: true, force: true });
  const send = `${serverUrl}/bot${secrets.telegramToken}/sendMessage`;
  await createFunction(emulator, 'worker', sendZip(), { SEND_URL: send });
  const base = await createApi(emulator, { front: await createFunction(emulator, 'front', zip) });
  let sent = 0;
  return async () => {
    const text = `floor ${sent++}`;
    const started = Date.now();
    await fetch(`${base}/front`, { method: 'POST', body: JSON.stringify({ chat_id: CHAT, text }) });
    for (;;) {
      const response = await fetch(`${serverUrl}/_stand-in/telegram/sent?chat=${CHAT}`);
      const call = ((await response.json()) as StandInCall[]).find((one) => one.text === text);
      if (call) return call.atMillis - started;
      await delay(100);
    }
  };
}
