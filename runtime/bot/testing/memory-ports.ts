import type { ObjectStore } from '../../core/object-store.ts';
import { chatFiles } from '../chat-files.ts';
import { noFailedEvents } from '../failed-events.ts';
import { historyStore } from '../history-store.ts';
import { readJobMessage } from '../incoming.ts';
import type { WorkerPorts } from '../worker.ts';
import type { MemoryChannel } from './memory-channel.ts';
import type { MemoryDelivery } from './memory-delivery.ts';

type Given = Pick<
  WorkerPorts,
  'config' | 'clock' | 'log' | 'agent' | 'commands' | 'notices' | 'botUsername' | 'getKey'
>;

export interface MemoryPortsOptions extends Given {
  readonly channel: MemoryChannel;
  readonly delivery: MemoryDelivery;
  readonly objects: ObjectStore;
  /** Scratch folder; whoever makes it removes it. */
  readonly tmpDir: string;
}

/** What a worker works with, all of it in this process: nothing reaches AWS or a platform. */
export function memoryPorts(options: MemoryPortsOptions): WorkerPorts {
  const { channel, tmpDir, ...ports } = options;
  const { config, clock, objects } = ports;
  const files = { objects, prefix: config.filesPrefix, tmpDir, packageRoot: '.' };
  return {
    ...ports,
    sender: channel,
    lock: undefined,
    failedEvents: noFailedEvents,
    waitingFiles: new Map(),
    finished: new Set(),
    timezone: 'UTC',
    transcribe: undefined,
    histories: historyStore(objects, clock, { prefix: config.historyPrefix, tmpDir }),
    openFiles: (chatId) => chatFiles(chatId, files),
    parse: ({ payload }) => readJobMessage(config, payload),
  };
}
