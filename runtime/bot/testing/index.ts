import type { Choice, MediaKind, OutgoingPart } from '../../channels/channel.ts';
import type { Agent } from '../agent.ts';
import type { CommandOptions } from '../commands.ts';
import type { Provider } from '../job.ts';
import type { Shown } from './memory-channel.ts';
import type { UserAction } from './webhooks.ts';
import { webhookBody } from './webhooks.ts';
import { TestWorld } from './world.ts';

/** What `hookline/testing` offers: a bot for the user's own tests (contract bot §2). */

export interface TestBotOptions {
  readonly agent: Agent;
  /** Default `whatsapp`. */
  readonly provider?: Provider;
  readonly commands?: CommandOptions;
  /** Settings and secrets, as the agent's `getKey` and the bot read them. The real environment is not read. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** One message as the user sees it. */
export interface TestReply {
  readonly type: OutgoingPart['type'];
  /** The text or the caption; empty when there is neither. */
  readonly text: string;
  /** What can be pressed: buttons, or the rows of a list. */
  readonly choices: readonly Choice[];
  /** The whole message, as it went to the platform. */
  readonly part: OutgoingPart;
}

export interface TestMedia {
  readonly type: MediaKind;
  /** Default: a few bytes. */
  readonly bytes?: Uint8Array;
  readonly mimeType?: string;
  readonly caption?: string;
  readonly fileName?: string;
  readonly isVoiceNote?: boolean;
}

/** A chat of one user with the bot. Each action resolves to what the bot then said; what the agent throws rejects. */
export interface TestBot {
  sendText(text: string): Promise<readonly TestReply[]>;
  sendMedia(media: TestMedia): Promise<readonly TestReply[]>;
  /** Presses a button or chooses from a list of an earlier reply, by its title or its id. */
  press(titleOrId: string): Promise<readonly TestReply[]>;
  /** Lets time pass. */
  advance(seconds: number): void;
}

const USER = '15550100';

const MIME_TYPES: Readonly<Record<MediaKind, string>> = {
  image: 'image/jpeg',
  audio: 'audio/ogg',
  video: 'video/mp4',
  document: 'application/pdf',
  sticker: 'image/webp',
};

/**
 * A bot with your agent, in this process: real rules, history and journal; platform, storage and clock in memory. It
 * needs no AWS, no network and no environment; Node 22.13 or newer.
 *
 * @example
 * const bot = testBot({ agent });
 * const [reply] = await bot.sendText('hello');
 * expect(reply?.text).toBe('You said: hello');
 */
export function testBot({
  agent,
  provider = 'whatsapp',
  commands = {},
  environment = {},
}: TestBotOptions): TestBot {
  const world = new TestWorld({ agent, provider, commands, environment });
  const { channel, clock } = world;
  let number = 0;
  const act = async (action: UserAction): Promise<readonly TestReply[]> => {
    const before = channel.shown.length;
    number += 1;
    await world.post(webhookBody(provider, action, { number, nowMillis: clock.nowMillis(), userId: USER }));
    return channel.shown.slice(before).map(({ part }) => replyOf(part));
  };
  return {
    sendText: (text) => act({ kind: 'text', text }),
    sendMedia: ({ type, bytes = Buffer.from('test'), mimeType = MIME_TYPES[type], ...rest }) =>
      act({ kind: 'media', type, bytes, mimeType, id: channel.keep(bytes, mimeType), ...rest }),
    press: async (titleOrId) => act(pressOf(titleOrId, channel.shown)),
    advance: (seconds) => clock.advance(seconds * 1000),
  };
}

function replyOf(part: OutgoingPart): TestReply {
  const text = part.type === 'text' ? part.text : part.type === 'template' ? '' : (part.caption ?? '');
  return { type: part.type, text, choices: choicesOf(part), part };
}

const choicesOf = (part: OutgoingPart): readonly Choice[] =>
  part.type === 'text' ? (part.buttons ?? part.list?.rows ?? []) : [];

/** The newest choice of that name. */
function pressOf(titleOrId: string, shown: readonly Shown[]): UserAction {
  for (const { part, messageId } of [...shown].reverse()) {
    const choice = choicesOf(part).find(({ id, title }) => id === titleOrId || title === titleOrId);
    if (choice) return { kind: 'press', choice, messageId, isList: part.type === 'text' && !part.buttons };
  }
  throw new Error(`No reply has a button or a row "${titleOrId}"`);
}
