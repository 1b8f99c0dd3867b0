import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { telegramContents, whatsappContents } from '../../../local/recordings/contents.ts';
import type { Agent, Block, Turn } from '../../../runtime/bot/agent.ts';
import type { Transcribe } from '../../../runtime/bot/transcribe.ts';
import { PNG } from '../channels/channel-world.ts';
import { CHAT, contentEvent, context, storedHistory, workerWorld } from './worker-world.ts';

const PROVIDERS = ['whatsapp', 'telegram'] as const;
const CONTENTS = { whatsapp: whatsappContents, telegram: telegramContents };
const OGG = Uint8Array.from(Buffer.from('OggS not really'));

function mediaWorld(options: Parameters<typeof workerWorld>[0] = {}) {
  const world = workerWorld(options);
  const provider = options.provider ?? 'whatsapp';
  const hold = (bytes: Uint8Array, mimeType: string, fileName?: string) => {
    const media = { bytes, mimeType, ...(fileName && { fileName }) };
    return { ...media, id: world.provider.hold(media) };
  };
  const voice = () => CONTENTS[provider].voice(hold(OGG, 'audio/ogg'));
  const image = (caption?: string) => CONTENTS[provider].image(hold(PNG, 'image/png'), caption);
  const receive = (content: ReturnType<typeof voice>) =>
    world.worker(contentEvent(world, content, provider), context());
  const userBlocks = (): readonly Block[] => {
    const { history } = storedHistory(world.s3);
    const blocks = history.rows(10).find((row) => row.role === 'user')?.blocks ?? [];
    history.close();
    return blocks;
  };
  return { ...world, hold, voice, image, receive, userBlocks };
}

test.each(PROVIDERS)('bot A52: %s: an agent reads the picture that a user sent', async (provider) => {
  const seen: unknown[] = [];
  const agent: Agent = async (turn, { files }) => {
    const [medium] = turn.media;
    if (!medium) throw new Error('no medium');
    const twice = await Promise.all([files.load(medium), files.load(medium)]);
    seen.push(turn.kind, turn.text, Buffer.from(twice[1].bytes).equals(PNG));
    return 'seen';
  };
  const world = mediaWorld({ agent, provider });
  await world.receive(world.image('What is this?'));
  expect(seen).toEqual(['image', 'What is this?', true]);
  const media = world.provider.calls.map(({ method }) => method).slice(0, -1);
  expect(media).toEqual(provider === 'whatsapp' ? ['media', 'download'] : ['getFile', 'download']);
  const asked = world.provider.calls[0]?.body ?? {};
  expect(world.userBlocks()).toMatchObject([
    { type: 'text', content: 'What is this?', metadata: { user_message: { message_type: 'image' } } },
    { type: 'image', content: { kind: 'id', id: asked.id ?? asked.file_id } },
  ]);
});

test('a medium that nobody asks for is not fetched', async () => {
  const world = mediaWorld();
  await world.receive(world.image('Look'));
  expect(world.provider.calls.map(({ method }) => method)).toEqual(['message']);
});

const persist = { PERSIST_FILES_S3: 'true' };

test('with PERSIST_FILES_S3 what users send lies in the bucket, and rows refer to it', async () => {
  const turns: Turn[] = [];
  const world = mediaWorld({ environment: persist, agent: (turn) => void turns.push(turn) });
  await world.receive(world.image());
  const reference = turns[0]?.media[0]?.file ?? '';
  expect(reference).toMatch(/^file:in\/\d+\.png$/);
  const key = `files/${CHAT}/${reference.replace('file:', '')}`;
  expect(Buffer.from(world.s3.object(key)?.body ?? '')).toEqual(Buffer.from(PNG));
  expect(world.userBlocks()).toMatchObject([{ type: 'image', content: { kind: 'file', path: reference } }]);
  expect(existsSync(join(world.tmp, 'files', CHAT))).toBe(false);
});

test('a medium that cannot be kept stands by its id, and the turn goes on', async () => {
  const world = mediaWorld({ environment: { ...persist, MEDIA_MAX_BYTES: '5' } });
  await world.receive(world.image('x'));
  expect(world.userBlocks()).toMatchObject([{ type: 'text' }, { type: 'image', content: { kind: 'id' } }]);
  expect(world.lines).toContainEqual(expect.objectContaining({ message: 'medium_not_kept', kind: 'image' }));
  expect(world.provider.sent).toHaveLength(1);
});

test('a file that the agent saves is sent, also by another environment when files are kept', async () => {
  const agent: Agent = async (_, { files }) => [
    { type: 'image', content: { kind: 'file', path: await files.save('out/chart.png', PNG) } },
  ];
  const world = mediaWorld({ agent, environment: persist });
  world.provider.fail({ kind: 'refuse', code: 190, method: 'upload' });
  const event = contentEvent(world, world.image());
  await expect(world.worker(event, context())).rejects.toThrow('code 190');
  await world.another().worker(event, context());
  const sent = world.provider.sent[0]?.body.image as { id: string };
  expect(Buffer.from(world.provider.held(sent.id)?.bytes ?? [])).toEqual(Buffer.from(PNG));
  expect(world.agentTurns).toHaveLength(1);
});

test('without PERSIST_FILES_S3 a file is there for its turn, and its scratch copy goes with it', async () => {
  const agent: Agent = async (_, { files }) => [
    { type: 'image', content: { kind: 'file', path: await files.save('chart.png', PNG) } },
  ];
  const world = mediaWorld({ agent });
  world.provider.fail({ kind: 'refuse', code: 190, method: 'upload' });
  const event = contentEvent(world, world.image());
  await expect(world.worker(event, context())).rejects.toThrow('code 190');
  await world.worker(event, context());
  expect(world.provider.sent).toHaveLength(1);
  expect(readdirSync(join(world.tmp, 'files'))).toEqual([]);
  expect(world.s3.keys().filter((key) => key.startsWith('files/'))).toEqual([]);
});

const transcribe: Transcribe = async ({ bytes, mimeType, fileName }) =>
  `${Buffer.from(bytes).toString()} as ${mimeType} in ${fileName}`;

test.each(PROVIDERS)('%s: a voice note is transcribed by the configured function', async (provider) => {
  const turns: Turn[] = [];
  const world = mediaWorld({ provider, transcribe, agent: (turn) => void turns.push(turn) });
  await world.receive(world.voice());
  const words = 'OggS not really as audio/ogg in voice.ogg';
  expect(turns).toMatchObject([
    { kind: 'audio', text: words, isVoiceNote: true, media: [{ kind: 'audio' }] },
  ]);
  expect(world.userBlocks()).toMatchObject([
    { type: 'text', content: words, metadata: { user_message: { is_voice_note: true } } },
    { type: 'audio', content: { kind: 'id' } },
  ]);
});

test('without a function and without a key the sound reaches the agent alone', async () => {
  const world = mediaWorld();
  await world.receive(world.voice());
  expect(world.agentTurns).toEqual(['']);
  expect(world.userBlocks()).toMatchObject([
    { type: 'audio', metadata: { user_message: { message_type: 'audio' } } },
  ]);
  expect(world.userBlocks()).toHaveLength(1);
});

/** A transcription service that keeps what it was asked. */
function service(answer: () => Response) {
  const asked: { url: string; authorization: string | null; model: unknown; file: unknown }[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const form = await request.clone().formData();
    const authorization = request.headers.get('authorization');
    const file = form.get('file') as File;
    asked.push({ url: request.url, authorization, model: form.get('model'), file: [file.name, file.size] });
    return answer();
  };
  return { asked, fetcher };
}

const hello = () => Response.json({ text: ' Hello there. ' });
const file = ['voice.ogg', OGG.length];

test('with a Groq key Groq transcribes, before OpenAI', async () => {
  const groq = service(hello);
  const environment = { GROQ_API_KEY: 'gsk', OPENAI_API_KEY: 'sk' };
  const world = mediaWorld({ environment, hosts: { 'api.groq.com': groq.fetcher } });
  await world.receive(world.voice());
  expect(world.agentTurns).toEqual(['Hello there.']);
  const url = 'https://api.groq.com/openai/v1/audio/transcriptions';
  expect(groq.asked).toEqual([{ url, authorization: 'Bearer gsk', model: 'whisper-large-v3-turbo', file }]);
});

test('with an OpenAI key alone OpenAI transcribes; the model is configurable', async () => {
  const openAi = service(hello);
  const hosts = { 'api.openai.com': openAi.fetcher };
  const key = { OPENAI_API_KEY: 'sk' };
  for (const environment of [key, { ...key, OPENAI_TRANSCRIPTION_MODEL: 'other' }]) {
    const world = mediaWorld({ environment, hosts });
    await world.receive(world.voice());
  }
  const url = 'https://api.openai.com/v1/audio/transcriptions';
  const asked = { url, authorization: 'Bearer sk', file };
  expect(openAi.asked).toEqual([
    { ...asked, model: 'gpt-transcribe' },
    { ...asked, model: 'other' },
  ]);
});

test.each<[string, Transcribe]>([
  ['throws', () => Promise.reject(new Error('secret words'))],
  ['hears nothing', async () => '  '],
  ['never answers', () => new Promise(() => {})],
])('when transcription %s the agent reads so, and the turn goes on', async (_, broken) => {
  const world = mediaWorld({ transcribe: broken });
  await world.worker(contentEvent(world, world.voice()), context(1200));
  expect(world.agentTurns).toEqual(['Could not transcribe audio.']);
  expect(world.provider.sent).toHaveLength(1);
  expect(JSON.stringify(world.lines)).not.toContain('secret words');
});

test('a service that is too busy is asked once more', async () => {
  let calls = 0;
  const openAi = service(() => {
    calls += 1;
    return calls === 1 ? new Response('{}', { status: 429 }) : hello();
  });
  const world = mediaWorld({
    environment: { OPENAI_API_KEY: 'sk' },
    hosts: { 'api.openai.com': openAi.fetcher },
  });
  await world.receive(world.voice());
  expect(world.agentTurns).toEqual(['Hello there.']);
});

test('a picture is not transcribed', async () => {
  const world = mediaWorld({ transcribe: () => Promise.reject(new Error('no')) });
  await world.receive(world.image('Look'));
  expect(world.agentTurns).toEqual(['Look']);
});
