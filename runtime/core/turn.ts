/**
 * The turn engine: take a message of one conversation, decide a reply once, get every part of it accepted,
 * finish. Bots and replies share it; each brings a journal (where the states stand) and its steps (how to
 * decide, how to send).
 *
 * What it guarantees is design §3: each event is decided once, because the reply is stored before the first
 * send; each part is accepted at least once or lies where an operator sees it; a part is repeated only when
 * its own outcome was unclear.
 */
import { type ErrorClass, errorClassOf, SendError } from './errors.ts';

/** What the journal knows when a worker takes an event. */
export type Claim<Part> =
  | { readonly status: 'new' }
  /** Decided earlier, not finished: the stored reply is sent on from where it stopped. */
  | ({ readonly status: 'resume' } & ResumePoint<Part>)
  | { readonly status: 'done' }
  /** Not to be worked on now; `rule` names why, for the log. */
  | { readonly status: 'ignored'; readonly rule: string };

/** A reply, as its parts will be sent; a system adds what else it stores with them. */
export interface Decided<Part> {
  readonly parts: readonly Part[];
}

/** A rule says that nothing is to be done for an event: no reply is stored or sent, and it is finished. */
export interface Ignored {
  /** The rule's name, for the log. */
  readonly ignored: string;
}

export interface ResumePoint<Part> {
  readonly parts: readonly Part[];
  /** Numbers (from 1) of the parts that the provider accepted. */
  readonly accepted: ReadonlySet<number>;
  /** The part that was begun and whose outcome nobody noted, if there is one. */
  readonly unclearPart: number | undefined;
}

export interface TurnFailure<Part> {
  /**
   * `claim`: nothing is known of the event. `decide`: there is no reply. `store`: it could not be stored.
   * `send`: a part was not accepted. `mark`: it was, but could not be noted.
   */
  readonly stage: 'claim' | 'decide' | 'store' | 'send' | 'mark';
  readonly errorClass: ErrorClass;
  readonly error: unknown;
  /** The number (from 1) of the part that failed, at stage `send`. */
  readonly part?: number;
  /** The failed part and all behind it. */
  readonly unsent?: readonly Part[];
}

/**
 * Where the states of a turn stand durably. Every method may be called again after its answer was lost.
 * A worker that lost its claim gets `ClaimLostError` and must stop.
 */
export interface TurnJournal<Part, Decision extends Decided<Part> = Decided<Part>> {
  claim(): Promise<Claim<Part>>;
  /** Stores the reply; when it returns, no crash can ask the agent again. */
  decide(decision: Decision): Promise<void>;
  partBegun(part: number): Promise<void>;
  partAccepted(part: number, providerId: string): Promise<void>;
  finish(): Promise<void>;
  /** Gives the claim back for an event that is ignored; nothing is stored. */
  release(): Promise<void>;
  /**
   * Notes a failure. `captured`: trying again is in vain (the agent, or the provider at this part, failed for
   * good) and an operator can see it, so the event need not come back. `given-back`: the claim is free and the
   * event must come back. Must not hide the failure by throwing another.
   */
  fail(failure: TurnFailure<Part>): Promise<'captured' | 'given-back'>;
}

export interface TurnSteps<Part, Decision extends Decided<Part> = Decided<Part>> {
  /** Asks the agent, or says which rule ignores the event. Never called for an event whose reply was stored. */
  decide(): Promise<Decision | Ignored>;
  /** Gets one part accepted, with the retries that are safe; resolves to the provider's message id. */
  send(part: Part, number: number): Promise<string>;
  /**
   * What to do with a part whose outcome is unclear: `resend` it, once per fault, or `hold` it for a person.
   */
  readonly ambiguityPolicy: 'resend' | 'hold';
  /**
   * Whether the provider can tell later what became of an unclear part (a status webhook): then the event is
   * given back and the journal is asked on its return. Without it the policy decides at once.
   */
  readonly settlesLater: boolean;
}

/** How a turn ended. */
export type TurnOutcome =
  | { readonly status: 'answered' | 'resumed'; readonly parts: number }
  | { readonly status: 'done' }
  | { readonly status: 'ignored'; readonly rule: string }
  /** The provider refused a part for good; the failure was noted and the event is finished. */
  | { readonly status: 'refused'; readonly part: number; readonly error: unknown }
  /** The agent failed for good; the event stays undecided, and an operator sees it. */
  | { readonly status: 'given-up'; readonly error: unknown };

/** An unclear part under the `hold` policy: nothing is sent until a person says what happened to it. */
export class UnclearSendHeldError extends SendError {
  override name = 'UnclearSendHeldError';
  constructor(readonly part: number) {
    super(
      `Part ${part} of the reply may or may not have arrived; the policy is to hold it until an operator settles it.`,
      'unclear',
    );
  }
}

/** Runs one turn to its end. Throws when the event must come back: its failure is noted by then. */
export async function runTurn<Part, Decision extends Decided<Part>>(
  journal: TurnJournal<Part, Decision>,
  steps: TurnSteps<Part, Decision>,
): Promise<TurnOutcome> {
  const claim = await orGiveBack(journal, { stage: 'claim' }, () => journal.claim());
  if (claim.status === 'done' || claim.status === 'ignored') return claim;
  if (claim.status === 'resume') return sendParts(journal, steps, claim, 'resumed');
  const decided = await decideOnce(journal, steps);
  return 'status' in decided ? decided : sendParts(journal, steps, decided, 'answered');
}

async function decideOnce<Part, Decision extends Decided<Part>>(
  journal: TurnJournal<Part, Decision>,
  steps: TurnSteps<Part, Decision>,
): Promise<ResumePoint<Part> | TurnOutcome> {
  let verdict: Decision | Ignored;
  try {
    verdict = await steps.decide();
  } catch (error) {
    const failure = { stage: 'decide' as const, errorClass: errorClassOf(error), error };
    if ((await journal.fail(failure)) === 'given-back') throw error;
    return { status: 'given-up', error };
  }
  return orGiveBack(journal, { stage: 'store' }, () => store(journal, verdict));
}

async function store<Part, Decision extends Decided<Part>>(
  journal: TurnJournal<Part, Decision>,
  verdict: Decision | Ignored,
): Promise<ResumePoint<Part> | TurnOutcome> {
  if ('ignored' in verdict) {
    await journal.release();
    return { status: 'ignored', rule: verdict.ignored };
  }
  await journal.decide(verdict);
  return { parts: verdict.parts, accepted: new Set(), unclearPart: undefined };
}

async function sendParts<Part, Decision extends Decided<Part>>(
  journal: TurnJournal<Part, Decision>,
  steps: TurnSteps<Part, Decision>,
  reply: ResumePoint<Part>,
  status: 'answered' | 'resumed',
): Promise<TurnOutcome> {
  let outcome: TurnOutcome = { status, parts: reply.parts.length };
  for (let number = 1; number <= reply.parts.length && outcome.status !== 'refused'; number++) {
    if (!reply.accepted.has(number)) outcome = (await sendPart(journal, steps, reply, number)) ?? outcome;
  }
  await orGiveBack(journal, { stage: 'mark' }, () => journal.finish());
  return outcome;
}

/** Gets one part accepted and marked. Resolves to an outcome only when the provider refused it for good. */
async function sendPart<Part, Decision extends Decided<Part>>(
  journal: TurnJournal<Part, Decision>,
  steps: TurnSteps<Part, Decision>,
  reply: ResumePoint<Part>,
  number: number,
): Promise<TurnOutcome | undefined> {
  const unsent = reply.parts.slice(number - 1);
  const place = { part: number, unsent };
  await orGiveBack(journal, { stage: 'mark', ...place }, () => journal.partBegun(number));
  let providerId: string;
  try {
    if (reply.unclearPart === number && steps.ambiguityPolicy === 'hold')
      throw new UnclearSendHeldError(number);
    providerId = await sendOnce(steps, unsent[0] as Part, number);
  } catch (error) {
    const failure = { stage: 'send' as const, errorClass: errorClassOf(error), error, ...place };
    if ((await journal.fail(failure)) === 'given-back') throw error;
    return { status: 'refused', part: number, error };
  }
  await orGiveBack(journal, { stage: 'mark', ...place }, () => journal.partAccepted(number, providerId));
  return undefined;
}

/** Runs a step of the journal; when it fails, the failure is noted and thrown. */
async function orGiveBack<Part, Decision extends Decided<Part>, Result>(
  journal: TurnJournal<Part, Decision>,
  failure: Omit<TurnFailure<Part>, 'errorClass' | 'error'>,
  step: () => Promise<Result>,
): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    await journal.fail({ ...failure, errorClass: errorClassOf(error), error });
    throw error;
  }
}

/** Sends a part; an unclear outcome is repeated here only if nobody can be asked and the policy says so. */
async function sendOnce<Part, Decision extends Decided<Part>>(
  steps: TurnSteps<Part, Decision>,
  part: Part,
  number: number,
): Promise<string> {
  try {
    return await steps.send(part, number);
  } catch (error) {
    if (errorClassOf(error) !== 'unclear' || steps.settlesLater) throw error;
    if (steps.ambiguityPolicy === 'hold') throw new UnclearSendHeldError(number);
    return await steps.send(part, number).catch((again: unknown) => {
      // Not sent again, so the part is as unclear as before.
      throw errorClassOf(again) === 'permanent' ? again : error;
    });
  }
}
