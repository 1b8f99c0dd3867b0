import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonLog } from '../../core/log.ts';
import { traceparentOf } from '../../core/trace-context.ts';
import type { Agent } from '../agent.ts';
import type { CommandOptions } from '../commands.ts';
import { type BotConfig, readBotConfig } from '../config.ts';
import { credential } from '../config-platforms.ts';
import { noFailedEvents } from '../failed-events.ts';
import { answerWebhook } from '../ingress.ts';
import type { Job, Provider } from '../job.ts';
import { NoticeBook } from '../notice.ts';
import { RateMemory } from '../rate-memory.ts';
import { type WorkerPorts, workTurn } from '../worker.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryChannel } from './memory-channel.ts';
import { MemoryDelivery } from './memory-delivery.ts';
import { memoryObjects } from './memory-objects.ts';
import { memoryPorts } from './memory-ports.ts';

export interface WorldOptions {
  readonly agent: Agent;
  readonly provider: Provider;
  readonly commands: CommandOptions;
  readonly environment: Readonly<Record<string, string>>;
}

/** Time that a turn has, as the module's worker. */
const TURN_MILLIS = 120_000;

/** A test writes as fast as it likes, and nobody watches the typing sign. */
const ENVIRONMENT = {
  MAWS_BUSY_POLICY: 'drop',
  INGRESS_RATE_PER_MINUTE: '0',
  TYPING_INDICATOR: 'false',
  WHATSAPP_TOKEN: 'test',
  WHATSAPP_PHONE_NUMBER_ID: '1',
  WEBHOOK_VERIFY_TOKEN: 'test',
  TELEGRAM_TOKEN: '1:test',
  TELEGRAM_BOT_USERNAME: 'test_bot',
  WHATSAPP_VERIFY_SIGNATURE: 'false',
};

/** Both hops of a bot in this process: the real ingress and the real worker on ports that live in memory. */
export class TestWorld {
  readonly clock = new ManualClock();
  readonly channel = new MemoryChannel();
  private readonly environment: Readonly<Record<string, string>>;
  private readonly config: BotConfig;
  private readonly objects = memoryObjects();
  private readonly delivery: MemoryDelivery;
  private readonly memory: { readonly rate: RateMemory; readonly notices: NoticeBook };
  /** Whom a notice told; a test is shorter than an hour, or does not care. */
  private readonly told = new Set<string>();
  private readonly log = jsonLog(
    () => {},
    () => this.clock.nowMillis(),
  );

  constructor(private readonly options: WorldOptions) {
    this.environment = { ...ENVIRONMENT, ...options.environment };
    this.config = readBotConfig(this.environment, options.provider);
    this.delivery = new MemoryDelivery(this.clock, this.config.dedupeTtlSeconds);
    this.memory = { rate: new RateMemory(), notices: new NoticeBook(this.clock) };
  }

  /** Posts a webhook body and works what it hands over. Rejects with what the agent threw. */
  async post(body: object): Promise<void> {
    const jobs: Job[] = [];
    const { log, clock, config, memory, delivery } = this;
    const rawBody = Buffer.from(JSON.stringify(body));
    const answer = await answerWebhook(
      { method: 'POST', path: '/webhook', headers: {}, query: {}, rawBody },
      {
        config,
        clock,
        log,
        memory,
        traceparent: traceparentOf(undefined),
        failedEvents: noFailedEvents,
        botUsername: this.botUsername,
        openDelivery: async () => delivery,
        openObjects: async () => this.objects,
        openHandOff: async () => ({
          acknowledgement: 'Webhook received.',
          send: async (taken) => {
            jobs.push(...taken);
          },
        }),
      },
    );
    await this.showAnswer(answer.body);
    for (const job of jobs) await this.work(job);
  }

  /** Telegram runs the method that stands in the answer. */
  private async showAnswer(body: string): Promise<void> {
    const answer: { readonly method?: string; readonly text?: string } | string = JSON.parse(body);
    if (typeof answer === 'object' && answer.method === 'sendMessage')
      await this.channel.send({ type: 'text', text: answer.text ?? '' });
  }

  private async work(job: Job): Promise<void> {
    const tmpDir = mkdtempSync(join(tmpdir(), 'hookline-test-'));
    const deadlineMillis = this.clock.nowMillis() + TURN_MILLIS;
    try {
      await workTurn([job], this.ports(tmpDir), { owner: job.event_id, deadlineMillis });
    } catch (error) {
      // hookline's own wrapping hides messages, for the sake of logs.
      throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
    } finally {
      rmSync(tmpDir, { recursive: true, force: true });
    }
  }

  private ports(tmpDir: string): WorkerPorts {
    const { config, clock, log, channel, delivery, objects, environment, notices, botUsername } = this;
    const { agent, commands } = this.options;
    return memoryPorts({
      ...{ config, clock, log, channel, delivery, objects, notices, botUsername, agent, commands, tmpDir },
      getKey: (name) => credential(environment, name),
    });
  }

  private readonly notices = {
    mark: async (subject: string) => {
      const isNew = !this.told.has(subject);
      this.told.add(subject);
      return isNew;
    },
  };

  private readonly botUsername = async () => this.config.telegram.username ?? '';
}
