import type { Choice, MediaKind, OutgoingPart, TextPart } from './channel.ts';
import { MAX_CAPTION_UNITS, MAX_TEXT_UNITS } from './split.ts';

/** What a platform takes in one message (contract bot §16.6, §16.8, §17.6). Lengths in UTF-16 units. */
export interface PlatformLimits {
  readonly name: string;
  /** Largest upload of each kind, in bytes. */
  readonly bytes: Readonly<Record<MediaKind, number>>;
  /** Kinds that show a caption. */
  readonly captions: ReadonlySet<MediaKind>;
  readonly templates: boolean;
  /** Longest text above buttons or a list. */
  readonly interactiveText: number;
  readonly buttons: ChoiceLimits;
  readonly rows: ChoiceLimits;
}

interface ChoiceLimits {
  readonly count: number;
  readonly title: number;
  /** In bytes of UTF-8. */
  readonly id: number;
  readonly description: number;
}

const KB = 1024;
const MB = 1024 * KB;

export const WHATSAPP_LIMITS: PlatformLimits = {
  name: 'WhatsApp',
  // A still sticker may have 100 KB only; the platform tells the two apart.
  bytes: { image: 5 * MB, audio: 16 * MB, video: 16 * MB, document: 100 * MB, sticker: 500 * KB },
  captions: new Set(['image', 'video', 'document']),
  templates: true,
  interactiveText: MAX_CAPTION_UNITS,
  buttons: { count: 3, title: 20, id: 256, description: 0 },
  rows: { count: 10, title: 24, id: 200, description: 72 },
};

const TELEGRAM_BUTTONS = { count: 100, title: 256, id: 64, description: 256 };

export const TELEGRAM_LIMITS: PlatformLimits = {
  name: 'Telegram',
  bytes: { image: 10 * MB, audio: 50 * MB, video: 50 * MB, document: 50 * MB, sticker: 50 * MB },
  captions: new Set(['image', 'audio', 'video', 'document']),
  templates: false,
  interactiveText: MAX_TEXT_UNITS,
  buttons: TELEGRAM_BUTTONS,
  rows: TELEGRAM_BUTTONS,
};

/** Why a part would be refused; undefined when nothing speaks against it. Bytes are not looked at. */
export function faultOfPart(limits: PlatformLimits, part: OutgoingPart): string | undefined {
  const { name } = limits;
  if (part.type === 'template') return limits.templates ? undefined : `${name} has no templates`;
  if (part.type === 'text') return faultOfText(limits, part);
  const tooLong = (part.caption?.length ?? 0) > MAX_CAPTION_UNITS;
  if (tooLong) return `${name} takes captions of ${MAX_CAPTION_UNITS} characters`;
  return part.caption && !limits.captions.has(part.type) ? `${name} shows no caption with it` : undefined;
}

function faultOfText(limits: PlatformLimits, { text, buttons, list }: TextPart): string | undefined {
  const { name, interactiveText } = limits;
  if (text.trim() === '') return 'its text is empty';
  if (text.length > MAX_TEXT_UNITS) return `${name} takes texts of ${MAX_TEXT_UNITS} characters`;
  if (!buttons && !list) return undefined;
  if (buttons && list) return 'it has both buttons and a list';
  if (text.length > interactiveText) return `${name} takes ${interactiveText} characters above buttons`;
  if (list && (list.button === '' || list.button.length > limits.buttons.title))
    return `the button of the list must have 1 to ${limits.buttons.title} characters`;
  return buttons
    ? faultOfChoices(name, 'buttons', limits.buttons, buttons)
    : faultOfChoices(name, 'rows', limits.rows, list?.rows ?? []);
}

function faultOfChoices(
  platform: string,
  word: string,
  limits: ChoiceLimits,
  choices: readonly Choice[],
): string | undefined {
  if (choices.length === 0 || choices.length > limits.count)
    return `${platform} takes 1 to ${limits.count} ${word}, and it has ${choices.length}`;
  if (new Set(choices.map(({ id }) => id)).size < choices.length) return `two ${word} have one id`;
  const isWrong = ({ id, title, description = '' }: Choice) =>
    title === '' ||
    title.length > limits.title ||
    id === '' ||
    Buffer.byteLength(id) > limits.id ||
    (description !== '' && description.length > limits.description);
  const wrong = choices.findIndex(isWrong) + 1;
  if (wrong === 0) return undefined;
  const described = limits.description > 0 ? `, descriptions of at most ${limits.description}` : '';
  return `${word} on ${platform} have titles of 1 to ${limits.title} characters, ids of 1 to ${limits.id} bytes${described}: number ${wrong} has not`;
}
