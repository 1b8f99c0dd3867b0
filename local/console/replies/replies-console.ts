import { type CallbackOrder, isCallbackOrder } from '../../replies/callbacks.ts';
import { beginConversation, recordKey } from '../../replies/new-record.ts';
import { masked, maskedText, PEOPLE, type Person } from '../../replies/people.ts';
import type { StandReplies } from '../../replies/stand.ts';
import type { RepliesCloud } from './cloud.ts';
import { answerHandOff } from './desk.ts';
import { FAULT_VIEWS, FaultBoard } from './faults.ts';
import { waitingHandOffs } from './human-queue.ts';
import type { HandOffView, RepliesView } from './model.ts';
import { Phones } from './phones.ts';
import { recordView, type Shown, stagedView } from './record-view.ts';

export interface RepliesConsoleOptions {
  /** Name of the emulator. */
  readonly backend: string;
  /** Whether bots run beside it. */
  readonly hasBots: boolean;
  readonly replies: StandReplies;
  readonly cloud: RepliesCloud;
}

/** What a person does with the reply engine of a stand, and what comes of it. */
export class RepliesConsole {
  readonly faults: FaultBoard;
  private people: readonly Person[] = PEOPLE;
  private readonly phones: Phones;

  constructor(private readonly options: RepliesConsoleOptions) {
    const { replies } = options;
    this.faults = new FaultBoard(replies.standIns);
    this.phones = new Phones(
      ({ headers, body }, signal) => fetch(replies.webhookUrl, { method: 'POST', headers, body, signal }),
      () => replies.standIns.twilio.messages,
    );
  }

  /** The person of an id, `p0`, `p1` and so on. */
  person(id: unknown): Person | undefined {
    return this.people.find((_, at) => id === `p${at}`);
  }

  /** Begins a conversation with a number, or finds the one that there is; resolves to its person's id. */
  async begin(number: string): Promise<string> {
    const known = this.people.findIndex((person) => person.number === number);
    if (known >= 0) return `p${known}`;
    const { cloud } = this.options;
    const person = { name: 'Guest', number };
    await beginConversation(cloud.dynamodb, cloud.resources.conversations, person);
    this.people = [...this.people, person];
    return `p${this.people.length - 1}`;
  }

  /** Writes a message as a person; its webhook is under way. */
  write({ number }: Person, text: string): void {
    this.phones.write(number, this.options.replies.webhook({ from: number, text }));
  }

  answer(handOff: string, text: string): Promise<void> {
    const { cloud, replies } = this.options;
    const { secrets, standIns } = replies;
    return answerHandOff(handOff, text, { cloud, secrets, fetch: standIns.twilio.fetch });
  }

  /** Brings dead triggers back to work; resolves to how many went. */
  redrive(): Promise<number> {
    return this.options.cloud.redrive();
  }

  /** False: there is no such order. */
  orderCallbacks(order: unknown): order is CallbackOrder {
    const isKnown = isCallbackOrder(order);
    if (isKnown) this.options.replies.callbacks.order = order;
    return isKnown;
  }

  /** Everything about a person's conversation; `isRevealed`: with whole numbers. */
  async view(person: Person, isRevealed: boolean): Promise<RepliesView> {
    const { backend, hasBots, cloud, replies } = this.options;
    const key = recordKey(person);
    const shown: Shown = isRevealed ? (text) => text : maskedText;
    const [conversation, staged, lockUntil, handOffs, depths, critical] = await Promise.all([
      cloud.conversation(key),
      cloud.staged(key.conversationId),
      cloud.lockUntil(key.conversationId),
      waitingHandOffs(cloud.sqs, cloud.resources.humanQueue),
      cloud.depths(),
      cloud.critical.read(),
    ]);
    return {
      backend,
      hasBots,
      people: this.people.map(({ name, number }, at) => ({
        id: `p${at}`,
        name,
        number: isRevealed ? number : masked(number),
      })),
      person: `p${this.people.indexOf(person)}`,
      phone: this.phones.of(person).map((message) => ({ ...message, text: shown(message.text) })),
      record: conversation && recordView(conversation, lockUntil, shown),
      staged: staged.map((row) => stagedView(row, shown)),
      handOffs: handOffs.map(({ sender, text, draft, ...rest }): HandOffView => {
        const { id, receivedAt, reason } = rest;
        const name = this.people.find(({ number }) => number === sender)?.name ?? 'Somebody';
        const words = { text: shown(text), draft: draft && shown(draft) };
        return { id, receivedAt, reason, name, number: shown(sender), ...words };
      }),
      critical,
      depths,
      faults: FAULT_VIEWS,
      activeFaults: this.faults.active(),
      callbackOrder: replies.callbacks.order,
    };
  }
}
