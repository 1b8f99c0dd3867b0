import { describe, expect, it } from 'vitest';
import { TWILIO_TEST } from '../../local/recordings/twilio.ts';
import type { Fault } from '../../local/stand-ins/fault.ts';
import { createTwilioStandIn, type TwilioStandIn } from '../../local/stand-ins/twilio.ts';
import { listMessages } from '../../runtime/channels/twilio/list.ts';
import { sendText } from '../../runtime/channels/twilio/send.ts';
import { systemClock } from '../../runtime/core/clock.ts';
import { type ErrorClass, errorClassOf } from '../../runtime/core/errors.ts';

/** How a Twilio client reaches a stand-in: in this process, or over a connection. */
export interface TwilioConnection {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

interface Row {
  readonly fault: Fault;
  /** What a create makes of it. */
  readonly create: ErrorClass | 'accepted';
  /** Whether Twilio has the message afterwards. */
  readonly isKept: boolean;
  /** What a list makes of it: asking is never unclear. */
  readonly list: 'transient' | 'hold' | 'answered';
}

const broken = (more: object = {}) => ({ kind: 'broken' as const, platformObject: true, ...more });

const ROWS: readonly Row[] = [
  { fault: { kind: 'pass' }, create: 'accepted', isKept: true, list: 'answered' },
  { fault: { kind: 'refuse', code: 20003 }, create: 'hold', isKept: false, list: 'hold' },
  { fault: { kind: 'refuse', code: 21211 }, create: 'permanent', isKept: false, list: 'transient' },
  { fault: { kind: 'refuse', code: 21610 }, create: 'permanent', isKept: false, list: 'transient' },
  { fault: { kind: 'refuse', code: 63007 }, create: 'hold', isKept: false, list: 'transient' },
  { fault: { kind: 'refuse', status: 404, body: {} }, create: 'permanent', isKept: false, list: 'transient' },
  {
    fault: { kind: 'throttle', retryAfterSeconds: 3 },
    create: 'transient',
    isKept: false,
    list: 'transient',
  },
  { fault: broken(), create: 'unclear', isKept: false, list: 'transient' },
  { fault: broken({ accept: true }), create: 'unclear', isKept: true, list: 'transient' },
  { fault: broken({ status: 503, accept: true }), create: 'unclear', isKept: true, list: 'transient' },
  { fault: broken({ platformObject: false }), create: 'unclear', isKept: false, list: 'transient' },
  { fault: { kind: 'html' }, create: 'unclear', isKept: false, list: 'transient' },
  { fault: { kind: 'html', status: 504, accept: true }, create: 'unclear', isKept: true, list: 'transient' },
  { fault: { kind: 'hang' }, create: 'unclear', isKept: false, list: 'transient' },
  { fault: { kind: 'hang', accept: true }, create: 'unclear', isKept: true, list: 'transient' },
  { fault: { kind: 'lose-answer' }, create: 'unclear', isKept: true, list: 'transient' },
];

/** The Messages client under every kind of fault: its class is what is known of the message, no more and no less. */
export function defineTwilioConformance(
  name: string,
  connect: (standIn: TwilioStandIn) => Promise<TwilioConnection>,
  /** Over a connection nobody can tell a server that hangs up at once from one that hangs up later. */
  unreachable: ErrorClass,
): void {
  const { accountSid, authToken, companyNumber: from, userNumber: to } = TWILIO_TEST;
  const unreachableRow: Row = {
    fault: { kind: 'unreachable' },
    create: unreachable,
    isKept: false,
    list: 'transient',
  };

  async function inWorld(
    run: (world: {
      standIn: TwilioStandIn;
      create: (body: string) => Promise<string>;
      list: () => Promise<readonly string[]>;
    }) => Promise<void>,
  ): Promise<void> {
    const standIn = createTwilioStandIn({ accountSid, authToken, senders: [from] });
    const { baseUrl, fetch, close } = await connect(standIn);
    const net = { fetch, clock: systemClock, timeoutSeconds: 0.3 };
    const account = { accountSid, authToken, baseUrl };
    const options = () => ({ deadlineMillis: Date.now() + 5000 });
    const create = (body: string) => sendText(net, account, { from, to, body }, options());
    const list = async () => {
      const found = await listMessages(net, account, { from, to, createdSinceMillis: 0 }, options());
      return found.map(({ sid }) => sid);
    };
    try {
      await run({ standIn, create, list });
    } finally {
      await close();
    }
  }

  const outcome = (work: Promise<unknown>, done: string) => work.then(() => done, errorClassOf);

  describe(`Twilio's Messages client, ${name}`, () => {
    it.each([...ROWS, unreachableRow])('create under $fault', ({ fault, create: expected, isKept }) =>
      inWorld(async ({ standIn, create, list }) => {
        standIn.fail({ ...fault, method: 'create' });
        expect(await outcome(create('one'), 'accepted')).toBe(expected);
        expect(standIn.messages.map(({ body }) => body)).toEqual(isKept ? ['one'] : []);
        // What Twilio has is found by asking, and the fault is over.
        expect(await list()).toEqual(standIn.messages.map(({ sid }) => sid));
        const sid = await create('two');
        expect(await list()).toContain(sid);
      }),
    );

    it.each([...ROWS, unreachableRow])('list under $fault', ({ fault, list: expected }) =>
      inWorld(async ({ standIn, create, list }) => {
        const sid = await create('one');
        standIn.fail({ ...fault, method: 'list' });
        expect(await outcome(list(), 'answered')).toBe(expected);
        expect(await list()).toEqual([sid]);
        expect(standIn.messages).toHaveLength(1);
      }),
    );

    it('hands on how long Twilio asks to wait', () =>
      inWorld(async ({ standIn, create }) => {
        standIn.fail({ kind: 'throttle', retryAfterSeconds: 3 });
        await expect(create('one')).rejects.toMatchObject({ retryAfterSeconds: 3, code: 20429 });
      }));

    it('keeps letters, blanks and line ends of the body', () =>
      inWorld(async ({ standIn, create, list }) => {
        const body = ' Zoë & co = 100 % + 😀\n\n"ok"\t ';
        await create(body);
        expect(standIn.messages[0]?.body).toBe(body);
        expect(await list()).toHaveLength(1);
      }));

    it('reads every page', () =>
      inWorld(async ({ standIn, create, list }) => {
        const sid = await create('one');
        const [message] = standIn.messages;
        for (let n = 0; n < 60 && message; n++) standIn.add({ ...message, sid: `SM${n}` });
        expect(await list()).toHaveLength(61);
        expect(await list()).toContain(sid);
      }));
  });
}
