import { writeFileSync } from 'node:fs';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { readCaptured } from '../../../runtime/bot/captured-events.ts';
import { aliasTarget } from '../../../runtime/bot/history-alias.ts';
import { HistoryFile } from '../../../runtime/bot/history-file.ts';
import { safeId } from '../../../runtime/bot/job.ts';
import { deliveryEvidence } from '../../../runtime/bot/trace/delivery-source.ts';
import type { MessageEvidence } from '../../../runtime/bot/trace/evidence.ts';
import type { Outcome } from '../../../runtime/bot/trace/model.ts';
import { verdictOf } from '../../../runtime/bot/trace/verdict.ts';
import { keyedHash } from '../../../runtime/core/log.ts';
import { evidenceOf } from '../../../runtime/core/trace/log-source.ts';
import type { LogEvidence } from '../../../runtime/core/trace/reading.ts';
import { repetitions } from './check.ts';
import type { EventRecord } from './observation.ts';
import { DEAD_LETTER_URL, LOG_HASH_KEY } from './settings.ts';
import { eventIdOf, type World } from './world.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** What `hookline trace` would say of each event must be what the world saw (contract bot A68). */
export function checkExplanations(world: World): string[] {
  const lines = world.lines.flatMap((line) => evidenceOf(0, line));
  return [...world.events.values()].flatMap((event) => {
    const evidence = evidenceOfEvent(event, lines, world);
    const verdict = verdictOf(evidence);
    const holds = world.schedule.scenario.policy === 'hold';
    const wanted = expectedOutcomes(event, evidence, holds);
    const found: readonly Outcome[] = [verdict.outcome, ...verdict.also];
    const isRight = wanted.length === 0 || wanted.includes(verdict.outcome);
    return [
      ...(isRight ? [] : [`explained: ${event.id} came to ${wanted.join(' or ')}, and is told as ${found}`]),
      ...(repetitions(event).length === 0 || found.includes('part_repeated')
        ? []
        : [`explained: a part of ${event.id} was accepted twice, and is told as ${found}`]),
    ];
  });
}

/** What the world saw of an event that has come to rest. */
function expectedOutcomes(event: EventRecord, evidence: MessageEvidence, holds: boolean): readonly Outcome[] {
  const { ledger, delivery, deadLetters, captured } = evidence;
  if (ledger?.carriedBy !== undefined) return ['merged'];
  if (event.decisions.length === 0) {
    if (deadLetters.length > 0) return ['dead'];
    return event.ignoredBy.length > 0 ? ['busy'] : [];
  }
  if (captured.some(({ reason }) => reason === 'send_failed') && delivery?.isDone) return ['refused'];
  if (event.message.parts === 0) return ['no_reply'];
  if (delivery?.isDone) return ['answered', 'resumed'];
  // Where the record of a held part was lost with the bucket, the log still says that it is held.
  const isHeld =
    captured.some(({ reason }) => reason === 'send_unclear') || (holds && deadLetters.length > 0);
  return isHeld ? ['held', 'dead'] : ['dead'];
}

function evidenceOfEvent(event: EventRecord, lines: readonly LogEvidence[], world: World): MessageEvidence {
  const provider = world.schedule.scenario.channel;
  const loggedId = provider === 'whatsapp' ? keyedHash(LOG_HASH_KEY, event.id) : event.id;
  const ledger = ledgerOf(event, world);
  const item = world.dynamodb.item(`evt:${provider}:${event.id}`);
  return {
    provider,
    loggedId,
    eventId: event.id,
    chatId: event.chatId,
    isQueued: world.schedule.scenario.mode !== 'drop',
    ...(ledger && { ledger }),
    ...(item && { delivery: deliveryEvidence(item as Item) }),
    deadLetters: deadLettersOf(event, world),
    captured: capturedOf(event, world),
    lines: lines.filter(({ fields }) => fields.event_id === loggedId),
    requests: [],
  };
}

function deadLettersOf({ id, chatId }: EventRecord, world: World) {
  const bodies = [...world.sqs.messages(DEAD_LETTER_URL).map(({ body }) => body), ...world.failureQueue];
  const letter = { messageId: '', provider: '', eventId: id, chatId, sentAt: '' };
  return bodies.filter((body) => eventIdOf(body) === id).map(() => letter);
}

function capturedOf({ id }: EventRecord, world: World) {
  const keys = world.s3
    .keys()
    .filter((key) => key.startsWith('failed-events/') && key.endsWith(`/${safeId(id)}.json`));
  return keys.flatMap(
    (key) => readCaptured(key, Buffer.from(world.s3.object(key)?.body ?? []).toString()) ?? [],
  );
}

function ledgerOf({ id, chatId, decisions }: EventRecord, world: World): MessageEvidence['ledger'] {
  const body = historyOf(chatId, world);
  if (!body || decisions.length === 0) return undefined;
  const path = `${world.tmpDir}/explain.sqlite`;
  writeFileSync(path, body);
  const file = HistoryFile.open(path, '2026-11-21T10:00:00+00:00');
  const row = file.ledgerRow(id);
  file.close();
  if (!row) return undefined;
  return { ...row, decidedAtMillis: 0, parts: row.parts.length };
}

/** The other id of a user may lead to the history (contract bot §11.12). */
function historyOf(chatId: string, world: World): Uint8Array | undefined {
  const body = world.s3.object(`history/${safeId(chatId)}.sqlite`)?.body;
  const target = body && aliasTarget(body);
  return target === undefined ? body : world.s3.object(`history/${safeId(target)}.sqlite`)?.body;
}
