import type { IncomingMedia, IncomingMessage } from '../../channels/channel.ts';
import type { Block } from '../agent.ts';
import type { BotConfig } from '../config.ts';
import type { NewRow } from '../history-file.ts';
import type { DecideInput, TurnMessage } from './decider.ts';

/** The user's rows, one for each message of the turn. */
export const userRows = ({ messages, config }: DecideInput): NewRow[] =>
  messages.map((message) => userRow(message, config));

/** A message's row; its first block carries what is known of the message (contract bot §11.4). */
function userRow({ job, message }: TurnMessage, config: BotConfig): NewRow {
  const userMessage = {
    channel: job.provider === 'whatsapp' ? 'WhatsappBot' : 'TelegramBot',
    user_id: job.user_id,
    message_type: message.kind,
    timestamp: message.timestamp || job.sent_at,
    is_voice_note: message.isVoiceNote,
    media_info: mediaInfo(message),
    metadata: metadataOf(message),
    event_id: job.event_id,
    message_id: message.messageId,
    ...(config.historyStoreRaw && { original_payload: message.raw }),
  };
  const [first, ...rest] = messageBlocks(message);
  return {
    role: 'user',
    type: 'user',
    blocks: [{ ...first, metadata: { user_message: userMessage } }, ...rest],
  };
}

/** Text, caption or transcript, and behind it the media. */
function messageBlocks({ text, media }: IncomingMessage): readonly [Block, ...Block[]] {
  const [medium, ...more] = media.map(mediaBlock);
  const said: Block = { type: 'text', content: text };
  if (!medium) return [said];
  return text === '' ? [medium, ...more] : [said, medium, ...more];
}

/** The same block in a reply sends the medium again. */
const mediaBlock = ({ kind, id, file, mimeType, fileName }: IncomingMedia): Block => ({
  type: kind,
  content: {
    ...(file === undefined ? { kind: 'id', id } : { kind: 'file', path: file }),
    ...(mimeType !== undefined && { mime_type: mimeType }),
    ...(fileName !== undefined && { filename: fileName }),
  },
});

/** The platform's words for the medium; no message of either platform has two. */
function mediaInfo({ media: [medium] }: IncomingMessage) {
  if (!medium) return null;
  const { kind, id, mimeType, fileName, sha256, bytes } = medium;
  return { kind, id, mime_type: mimeType, file_name: fileName, sha256, size: bytes };
}

/** What a structured kind says, what the message answers, and who spoke in which group. */
const metadataOf = ({ data, replyTo, group }: IncomingMessage) => ({
  ...(data !== undefined && { data }),
  ...(replyTo !== undefined && { reply_to: replyTo }),
  ...(group && { group_id: group.id, group_title: group.title, speaker_name: group.speakerName }),
});
