import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../core/clock.ts';
import { ConfigError, describeError, loggableError } from '../../core/errors.ts';
import { jsonLog, type LogFields } from '../../core/log.ts';
import { VERSION } from '../../core/version.ts';
import type { Job } from '../job.ts';
import { configLoader } from '../load-config.ts';
import { logFields } from '../log-fields.ts';
import { makeClients, workerPorts } from '../worker-handler.ts';
import { type OutgoingContent, outgoingContent } from './content.ts';
import type { MessageSender, SenderContent, SenderOptions, SendOnceOptions, SendResult } from './index.ts';
import { type SendOncePorts, type Standing, sendOnce, standingOf } from './send-once.ts';
import { senderJob } from './sender-job.ts';

/** A sender, and what it would do. */
export interface OpenSender extends MessageSender {
  /** Reads whether the message would go out; sends and stores nothing. Throws `NotSentError` when it would not. */
  preview(
    chatId: string,
    content: SenderContent,
    options: SendOnceOptions,
  ): Promise<{ readonly standing: Standing; readonly content: OutgoingContent }>;
}

type Message = Parameters<MessageSender['send']>;
type Step<T> = (job: Job, content: OutgoingContent, ports: SendOncePorts) => Promise<T>;

/** What `createSender` loads with the first message. */
export function openSender(options: SenderOptions): OpenSender {
  const withMessage = messageRunner(options);
  return {
    send: (...message) => withMessage(message, loggedSend),
    preview: (...message) =>
      withMessage(message, async (job, content, ports) => ({
        standing: await standingOf(job, content, ports, async () => true),
        content,
      })),
  };
}

/** Runs a step with a message's ports. */
function messageRunner(options: SenderOptions) {
  const environment = options.environment ?? process.env;
  const given = { clock: systemClock, ...options.clients };
  const { clock } = given;
  const write = options.writeLog ?? ((line: string) => process.stdout.write(`${line}\n`));
  const log = jsonLog(write, () => clock.nowMillis());
  const clients = makeClients(given);
  const loadConfig = configLoader(options.botType, environment, { clock, log, openSsm: clients.ssm });
  return async <T>([chatId, content, { key }]: Message, step: Step<T>): Promise<T> => {
    const loaded = await loadConfig();
    const { bucketName, botType } = loaded.config;
    if (!bucketName) throw new ConfigError(['BUCKET_NAME is missing: the sender reads the histories']);
    const job = senderJob(chatId, key, botType, clock.nowMillis());
    const jobLog = log.with(logFields(job, loaded.config));
    const outgoing = outgoingContent(content, botType);
    // A scratch folder of its own: others may work with the files of the same chat, this very process among them.
    const tmpDir = mkdtempSync(join(tmpdir(), 'hookline-sender-'));
    try {
      return await step(job, outgoing, {
        ...workerPorts({ ...loaded, config: { ...loaded.config, tmpDir } }, given, clients, {}, jobLog),
        owner: `sender:${randomUUID()}`,
      });
    } finally {
      rmSync(tmpDir, { recursive: true, force: true });
    }
  };
}

const loggedSend: Step<SendResult> = async (job, content, ports) => {
  const started = ports.clock.nowMillis();
  const finished = (fields: LogFields) =>
    ports.log.info('sender_finished', {
      ...fields,
      duration_ms: ports.clock.nowMillis() - started,
      attempt: ports.owner,
      version: VERSION,
    });
  try {
    const result = await sendOnce(job, content, ports);
    finished({ ...result });
    return result;
  } catch (thrown) {
    const error = loggableError(thrown);
    finished({ status: 'failed', rule: error.errorClass, error: describeError(error) });
    throw error;
  }
};
