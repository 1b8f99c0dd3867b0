import { detect } from '../../../../runtime/files/detect/detector.ts';
import type { DetectorPorts, FailedInvocation } from '../../../../runtime/files/detect/ports.ts';
import { World } from './world.ts';

/** A detector whose dispatches are kept. */
export class Watch extends World {
  readonly sent: Record<string, unknown>[] = [];
  readonly failures: FailedInvocation[] = [];

  detector(over: Partial<DetectorPorts> = {}): DetectorPorts {
    const { storage, store, clock, log, metrics } = this;
    const { publication } = this.ports();
    return {
      storage,
      store,
      clock,
      log,
      metrics,
      publication,
      dispatcher: {
        send: async (text) => {
          this.sent.push(JSON.parse(text));
          return { status: 'accepted' };
        },
      },
      random: () => 1,
      failures: async () => this.failures.splice(0),
      redrive: 'on',
      maxEventAgeSeconds: 300,
      lockTtlSeconds: 120,
      ...over,
    };
  }

  detect(over: Partial<DetectorPorts> = {}) {
    return detect(this.detector(over));
  }
}
