import { byId, make, setText, syncList } from '../../../../cli/page/dom.ts';
import type { EntryView, PendingTurnView, RecordView, StagedRowView } from '../../replies/model.ts';
import { timeWithSeconds } from '../format.ts';

const TONES: Readonly<Record<string, string>> = {
  reply_sent: 'good',
  retry: 'warn',
  processing_error: 'bad',
  handoff_required: 'warn',
  window_closed: 'warn',
};

const at = (iso: string) => (Number.isNaN(Date.parse(iso)) ? iso : timeWithSeconds(Date.parse(iso)));

const hideWhen = (id: string, isHidden: boolean) => {
  byId(id, HTMLElement).hidden = isHidden;
};

/** The record as it stands, and the rows that wait for their turn. */
export function showRecord(record: RecordView | undefined, staged: readonly StagedRowView[]): void {
  hideWhen('no-record', record !== undefined);
  hideWhen('record', record === undefined);
  const status = byId('status', HTMLElement);
  setText(status, record?.status ?? '');
  status.dataset.tone = TONES[record?.status ?? ''] ?? 'info';
  if (!record) return;
  showFacts(record);
  showPending(record.pendingTurn);
  setText(
    byId('archived', HTMLElement),
    record.archivedCount > 0 ? `${record.archivedCount} older in the archive` : '',
  );
  hideWhen('no-entries', record.entries.length > 0);
  syncList(byId('entries', HTMLOListElement), record.entries.toReversed(), {
    key: ({ key }) => `${record.conversationId} ${key}`,
    create: () => make('li', {}, make('p', { class: 'meta' }), make('p', { class: 'words' })),
    update: showEntry,
  });
  showStaged(staged);
}

type Fact = readonly [name: string, value: string, tone?: string];

function showFacts(record: RecordView): void {
  const { lease, lockUntilMillis, handOffReason, failureReason, turnAttempts } = record;
  const facts: Fact[] = [
    ['Conversation', record.conversationId],
    ['Updated', at(record.updatedAt)],
    ['Answered by', record.isHandedOff ? 'a person' : 'the model', record.isHandedOff ? 'warn' : ''],
    ...(handOffReason ? [['Reason', handOffReason, 'warn'] as const] : []),
    ...(record.isOptedOut ? [['Opted out', 'yes: nobody writes', 'warn'] as const] : []),
    // A person was asked for: the reason above says it, and nothing failed.
    ...(failureReason && failureReason !== 'hand_off' ? [['Failure', failureReason, 'bad'] as const] : []),
    [
      'Lease',
      lease
        ? `${lease.owner}…, fence ${lease.fence}, until ${timeWithSeconds(lease.expiresAtMillis)}`
        : 'free',
    ],
    ['Trigger lock', lockUntilMillis === undefined ? 'none' : `until ${timeWithSeconds(lockUntilMillis)}`],
    ...(turnAttempts > 0 ? [['Attempts', String(turnAttempts)] as const] : []),
  ];
  syncList(byId('facts', HTMLDListElement), facts, {
    key: ([name]) => name,
    create: ([name]) => make('div', {}, make('dt', {}, name), make('dd')),
    update: (element, [, value, tone = '']) => {
      const words = element.querySelector('dd');
      if (words) setText(words, value);
      element.dataset.tone = tone;
    },
  });
}

function showPending(turn: PendingTurnView | undefined): void {
  hideWhen('pending', turn === undefined);
  if (!turn) return;
  setText(byId('pending-words', HTMLElement), `${turn.state}, turn ${turn.turnId}`);
  const parts = turn.parts.map((part, index) => ({ ...part, number: index + 1 }));
  syncList(byId('parts', HTMLOListElement), parts, {
    key: ({ number }) => `${turn.turnId} ${number}`,
    create: () => make('li', {}, make('p', { class: 'meta' }), make('p', { class: 'words' })),
    update: (element, { number, text, sid, begun }) => {
      const [meta, words] = element.children;
      const state = sid ? `accepted as ${sid}` : begun ? 'begun' : 'not begun';
      if (meta instanceof HTMLElement) setText(meta, `part ${number}, ${state}`);
      if (words instanceof HTMLElement) setText(words, text);
    },
  });
}

const BAD = ['failed', 'undelivered'];

function showEntry(element: HTMLElement, entry: EntryView): void {
  const [meta, words] = element.children;
  if (words instanceof HTMLElement) setText(words, entry.text);
  if (!(meta instanceof HTMLElement)) return;
  const delivery = entry.deliveryStatus ?? '';
  const facts = [
    { key: 'role', text: entry.role, tag: 'strong' as const, tone: '' },
    { key: 'at', text: at(entry.at), tag: 'span' as const, tone: '' },
    ...(entry.tokens
      ? [{ key: 'tokens', text: `${entry.tokens} tokens`, tag: 'span' as const, tone: '' }]
      : []),
    ...(delivery
      ? [
          {
            key: 'delivery',
            text: entry.errorCode ? `${delivery}, error ${entry.errorCode}` : delivery,
            tag: 'span' as const,
            tone: BAD.includes(delivery) ? 'bad' : 'good',
          },
        ]
      : []),
  ];
  syncList(meta, facts, {
    key: ({ key }) => key,
    create: ({ tag }) => make(tag),
    update: (fact, { text, tone }) => {
      setText(fact, text);
      fact.dataset.tone = tone;
    },
  });
}

function showStaged(staged: readonly StagedRowView[]): void {
  hideWhen('no-staged', staged.length > 0);
  syncList(byId('staged', HTMLOListElement), staged, {
    key: ({ messageSid }) => messageSid,
    create: ({ receivedAt, route, messageSid, text }) =>
      make(
        'li',
        {},
        make('p', { class: 'meta' }, make('strong', {}, route), at(receivedAt), make('code', {}, messageSid)),
        make('p', { class: 'words' }, text),
      ),
  });
}
