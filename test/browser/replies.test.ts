import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { fictionalNumber } from '../../local/recordings/webhooks.ts';
import { recordKey } from '../../local/replies/new-record.ts';
import { emulatorClient } from '../../local/secrets.ts';
import { seriousFindings } from './axe.ts';
import { complaintsOf, openBrowser, picture, SIZES, type TestBrowser } from './browser.ts';
import { RepliesPage } from './replies-page.ts';

const { url, secrets, endpoint, deadLetterUrl } = inject('console');
let browser: TestBrowser;
let page: Page;
let ui: RepliesPage;
let complaints: string[];
let foreign: string[];
// As in the round trips of the bots.
let numbers = Math.floor(Date.now() / 10_000) % 70_000;
const newNumber = () => `+${fictionalNumber(numbers++)}`;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  page = await browser.context.newPage();
  await page.setViewportSize(SIZES.desktop);
  complaints = complaintsOf(page);
  foreign = [];
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) foreign.push(request.url());
  });
  ui = new RepliesPage(page);
  await ui.repair(url);
  await ui.open(url);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await picture(page, `failed ${task.name}`, true);
  expect(complaints).toEqual([]);
  expect(foreign).toEqual([]);
  await page.close();
});

describe('the reply engine', () => {
  it('answers a message, and its record, delivery and cost can be followed', async () => {
    const number = newNumber();
    await ui.begin(number);
    await ui.send('Hello, reply engine');
    await page.getByText('answered 200').waitFor();
    await ui.waitForReply('You said: Hello, reply engine');
    await ui.waitForEntry('assistant', 'You said: Hello, reply engine');
    await ui.waitForEntry('user', 'Hello, reply engine');
    await page.locator('#entries li', { hasText: '15 tokens' }).waitFor();
    await page.locator('#entries [data-tone="good"]', { hasText: 'read' }).waitFor();
    await page.locator('#messages .theirs', { hasText: 'read' }).waitFor();
    await page.locator('#status', { hasText: 'reply_sent' }).waitFor();
    expect(await ui.fact('Lease')).toBe('free');
    await picture(page, 'replies-answered-1280');
    expect(await ui.scrollsSideways()).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'replies-answered-1280-dark');
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('shows whole numbers only when asked to', async () => {
    const number = newNumber();
    await ui.begin(number);
    await ui.send(`Call me at ${number}`);
    await ui.waitForReply('You said: Call me at');
    expect(await page.content()).not.toContain(number.slice(1));
    await page.getByLabel('Show whole numbers').check();
    await page.locator('#messages', { hasText: number }).waitFor();
    expect(await ui.fact('Conversation')).toContain(number.slice(1));
  });

  it('hands over when Twilio refuses, a person answers, and the engine goes on', async () => {
    await ui.begin(newNumber());
    await ui.makeFail('Twilio says that the number is invalid (21211)');
    await picture(page, 'replies-fault-1280');
    await ui.send('Will this arrive?');
    const card = page.locator('#handoffs li', { hasText: 'Will this arrive?' });
    await card.getByText('You said: Will this arrive?').waitFor({ timeout: 40_000 });
    expect(await page.getByRole('button', { name: 'Repair it' }).count()).toBe(0);
    await page.locator('#status', { hasText: 'handoff_required' }).waitFor();
    expect(await ui.fact('Answered by')).toBe('a person');
    await card.getByLabel('Answer to Guest').fill('It does now. A person.');
    await picture(page, 'replies-hand-off-1280');
    expect(await seriousFindings(page)).toEqual([]);
    await card.getByLabel('Answer to Guest').press('Enter');
    await ui.waitForReply('It does now. A person.');
    await card.waitFor({ state: 'detached' });
    await ui.waitForEntry('assistant', 'It does now. A person.');
    expect(await ui.fact('Answered by')).toBe('the model');
    await ui.send('And now?');
    await ui.waitForReply('You said: And now?');
    expect(await ui.replies()).toEqual(['It does now. A person.', 'You said: And now?']);
  });

  it('keeps the highest status when Twilio reports backwards', async () => {
    await ui.begin(newNumber());
    await page.getByLabel('Twilio reports').selectOption('reversed');
    await ui.send('Backwards');
    await ui.waitForReply('You said: Backwards');
    // Twilio's own list has the last that it reported.
    await page.locator('#messages .theirs', { hasText: '· sent' }).waitFor();
    await page.locator('#entries [data-tone="good"]', { hasText: 'read' }).waitFor();
    await page.getByLabel('Twilio reports').selectOption('usual');
  });

  it('tells an operator what only a person can mend', async () => {
    await ui.begin(newNumber());
    await ui.makeFail('The model’s account has no quota left, until you repair it');
    await ui.send('Is anybody there?');
    await page.locator('#critical li', { hasText: 'operator_needed' }).first().waitFor({ timeout: 40_000 });
    await page.locator('#status', { hasText: 'processing_error' }).waitFor();
    await page.locator('#staged li', { hasText: 'Is anybody there?' }).waitFor();
    await picture(page, 'replies-critical-1280');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Repair it' }).click();
    await page.getByRole('button', { name: 'Repair it' }).waitFor({ state: 'detached' });
    // The trigger comes back after about 30 s: more than this tier waits for.
  });

  it('brings dead triggers back to the worker', async () => {
    const number = newNumber();
    await ui.begin(number);
    const { conversationId: conversation_id, primaryChannel: primary_channel } = recordKey({
      name: '',
      number,
    });
    const sqs = new SQSClient(emulatorClient(endpoint));
    const MessageBody = JSON.stringify({ conversation_id, primary_channel });
    await sqs.send(new SendMessageCommand({ QueueUrl: deadLetterUrl, MessageBody }));
    sqs.destroy();
    await page.getByText('Triggers in the dead-letter queue: 1').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Bring back' }).click();
    await page.getByRole('button', { name: 'Bring back' }).waitFor({ state: 'detached' });
    await page.locator('#depths div', { hasText: 'Dead letters0' }).waitFor();
  });

  it('works on a phone with the keyboard alone, in the dark', async () => {
    await page.setViewportSize(SIZES.phone);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByLabel('You are').selectOption('');
    await page.getByRole('button', { name: 'Begin' }).waitFor();
    expect(await ui.scrollsSideways()).toBe(false);
    await picture(page, 'replies-begin-390');
    await ui.begin(newNumber());
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('text');
    await page.keyboard.type('Small screen');
    await page.keyboard.press('Enter');
    await ui.waitForReply('You said: Small screen');
    await ui.waitForEntry('assistant', 'You said: Small screen');
    await picture(page, 'replies-390-dark', true);
    expect(await ui.scrollsSideways()).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    await picture(page, 'replies-390', true);
    await page.getByRole('button', { name: 'Make a provider fail' }).press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await ui.isInSight('Let it fail')).toBe(true);
    await picture(page, 'replies-fault-390');
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.id')).toBe('open-faults');
  });
});

describe('who may talk to the reply engine’s console', () => {
  const json = { 'content-type': 'application/json' };
  const post = (headers: Record<string, string>, body: object = { person: 'p0', text: 'from afar' }) =>
    browser.context.request.post(`${url}/replies/api/messages`, {
      headers,
      data: Buffer.from(JSON.stringify(body)),
    });

  it.each([
    ['a form of another page', { 'content-type': 'text/plain' }, 415],
    ['another origin', { ...json, origin: 'https://example.org' }, 403],
    ['another site, as the browser says', { ...json, 'sec-fetch-site': 'cross-site' }, 403],
    ['a name that was bound to this machine', { ...json, host: 'rebound.example:80' }, 421],
  ])('%s may not', async (_who, headers, status) => {
    expect((await post(headers)).status()).toBe(status);
  });

  it('what makes no sense is refused in a sentence', async () => {
    for (const [body, status] of [
      [{ person: 'p99', text: 'x' }, 404],
      [{ person: 'p0', text: ' ' }, 400],
      [{ person: 'p0', text: 'x'.repeat(5000) }, 400],
    ] as const) {
      const answer = await post(json, body);
      expect(answer.status()).toBe(status);
      expect((await answer.json()).error).toMatch(/\.$/);
    }
    await page.getByLabel('You are').selectOption('');
    await page.locator('#number').fill('12ab');
    await page.locator('#number').press('Enter');
    await page.getByRole('alert').filter({ hasText: 'A number has a plus sign' }).waitFor();
    // The browser notes every refused request; this one was asked for.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('400')]);
  });

  it('the page gets no secret, under a strict policy', async () => {
    const received: Promise<string>[] = [];
    page.on('response', (response) => received.push(response.text()));
    await page.reload();
    await ui.begin(newNumber());
    await ui.send('No secrets');
    await ui.waitForReply('You said: No secrets');
    const everything = [...(await Promise.all(received)), await page.content()].join('\n');
    expect(everything).toContain('api/view');
    for (const secret of secrets) expect(everything).not.toContain(secret);
    const policy = (await page.request.get(`${url}/replies/`)).headers()['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });
});
