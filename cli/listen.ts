import { once } from 'node:events';
import type { Server } from 'node:http';

/** Ports that are tried. */
const MAX_PORTS = 50;

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Take the next free port when this one is in use; undefined: the command has no such option. */
  readonly autoPort?: boolean;
}

/** Listens, or throws a sentence that says why nothing can. */
export async function listen(server: Server, { host, port, autoPort }: ListenOptions): Promise<void> {
  for (let next = port; ; next++) {
    server.listen(next, host);
    try {
      await once(server, 'listening');
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE') throw new Error(`Nothing can listen on ${host}:${next} (${code}).`);
      const other = autoPort === undefined ? '' : ', or let --auto-port take the next free one';
      if (!autoPort || next === 65_535 || next - port >= MAX_PORTS)
        throw new Error(`Port ${next} is in use. Choose another with --port <number>${other}.`);
    }
  }
}
