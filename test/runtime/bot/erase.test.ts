import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { eraseChat, isAbout } from '../../../runtime/bot/erase.ts';
import { s3ObjectVersions } from '../../../runtime/core/object-versions.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeS3 } from '../../support/fake-s3.ts';

const PREFIXES = { history: 'history', files: 'files', failedEvents: 'failed-events' };
const captured = (chat: string) => JSON.stringify({ reason: 'x', event: { maws_job: { chat_id: chat } } });

test('erasing a chat deletes every version of all that it left, and nothing of another chat', async () => {
  const s3 = new FakeS3();
  s3.keepVersions = true;
  const put = (Key: string, Body = 'text') => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body }));
  for (const chat of ['1555', '15550']) {
    await put(`history/${chat}.sqlite`);
    await put(`history/${chat}.sqlite`, 'newer');
    await put(`archive/${chat}/000001.sqlite`);
    await put(`files/${chat}/photo.jpg`);
    await put(`jobs/wamid.${chat}.json`, JSON.stringify({ maws_job: { chat_id: chat } }));
    await put(`failed-events/2026/11/26/whatsapp/wamid.${chat}.json`, captured(chat));
  }
  await put('failed-events/2026/11/26/whatsapp/body.json', '{"event":"{broken 1555 body"}');
  // An object that is gone already still has its old version.
  await s3.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'files/1555/photo.jpg' }));
  const erased = await eraseChat(['1555'], s3ObjectVersions(s3, 'bucket', new FakeClock()), PREFIXES);
  expect(Object.fromEntries(erased)).toEqual({
    'archive/1555/000001.sqlite': 1,
    'files/1555/photo.jpg': 2,
    'failed-events/2026/11/26/whatsapp/wamid.1555.json': 1,
    'failed-events/2026/11/26/whatsapp/body.json': 1,
    'jobs/wamid.1555.json': 1,
    'history/1555.sqlite': 2,
  });
  const left = s3.history.map(({ key }) => key);
  expect(left.filter((key) => !key.includes('15550'))).toEqual([]);
  expect(left).toHaveLength(6);
});

test('a captured event is about the chat that its job names; one without a job is searched for the id', () => {
  expect(isAbout(['15'], captured('15'))).toBe(true);
  expect(
    isAbout(['15'], JSON.stringify({ event: { maws_job: { chat_id: '7', payload: { text: '15' } } } })),
  ).toBe(false);
  expect(isAbout(['15'], '{"event":{"recipient_id":"15"}}')).toBe(true);
  expect(isAbout(['15'], '{"event":"no JSON at all: 15"}')).toBe(true);
  expect(isAbout(['15'], '{"event":"no JSON at all: 150"}')).toBe(false);
  expect(isAbout(['-100.5'], 'x -100.5 y')).toBe(true);
});
