import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { fictionalNumber } from '../../local/recordings/webhooks.ts';
import { seriousFindings } from './axe.ts';
import { complaintsOf, openBrowser, picture, SIZES, type TestBrowser } from './browser.ts';
import { ConsolePage } from './console-page.ts';

const { url } = inject('console');
let browser: TestBrowser;
let page: Page;
let ui: ConsolePage;
let complaints: string[];
// The stand keeps what earlier runs said, so every run starts with other numbers.
let chats = Math.floor(Date.now() / 10_000) % 70_000;
/** A telephone number that no other test uses. */
const newNumber = () => fictionalNumber(chats++);

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  page = await browser.context.newPage();
  await page.setViewportSize(SIZES.desktop);
  complaints = complaintsOf(page);
  ui = new ConsolePage(page);
  await ui.repairProviders(url);
  await ui.open(url);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await picture(page, `failed ${task.name}`, true);
  expect(complaints).toEqual([]);
  await page.close();
});

describe('a WhatsApp message', () => {
  it('is answered, and every station stands in its time line with ids and times', async () => {
    const number = newNumber();
    await ui.chooseNumber(number);
    await ui.send('Hello, hookline');
    await ui.waitForState(/Answered in \d/);
    await ui.waitForStep('Done');
    expect(await ui.replies()).toEqual(['You said: Hello, hookline']);
    const steps = await ui.steps();
    expect(steps.toSorted()).toEqual(
      [
        'WhatsApp posts the webhook',
        'Handed to the worker',
        'Ingress answered 200',
        'API Gateway answered 200',
        'Claimed, history read',
        'Agent decided, history saved',
        'Graph API accepted the reply',
        'Part 1 accepted',
        'Done',
      ].toSorted(),
    );
    expect(steps[0]).toBe('WhatsApp posts the webhook');
    expect(steps.at(-1)).toBe('Done');
    expect(await page.locator('#steps .offset').allTextContents()).toEqual(
      steps.map(() => expect.stringMatching(/^\+[\d.]+ m?s$/)),
    );
    expect(await ui.id('Trace')).toMatch(/^[0-9a-f]{32}$/);
    expect(await ui.id('Event')).toMatch(/^wamid\./);
    expect(await ui.id('Reply')).toMatch(/^wamid\./);
    expect(await ui.id('Chat')).toBe(number);
    await page.getByText('History in S3').click();
    await page.getByRole('cell', { name: 'You said: Hello, hookline' }).waitFor();
    await picture(page, 'answered-1280');
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('delivered again is answered once; forged it is refused', async () => {
    await ui.chooseNumber(newNumber());
    await ui.send('Only once, please');
    await ui.waitForStep('Done');
    await page.getByRole('button', { name: 'Deliver again' }).click();
    await ui.waitForStep('Duplicate: skipped');
    await page.getByRole('button', { name: 'Deliver with a wrong signature' }).click();
    await ui.waitForStep('API Gateway answered 403');
    expect(await ui.steps()).not.toContain('Taken up again');
    expect(await ui.replies()).toEqual(['You said: Only once, please']);
    await ui.waitForState(/Answered in/);
    await picture(page, 'delivered-again-1280');
  });

  it('of many parts arrives in order', async () => {
    await ui.chooseNumber(newNumber());
    await page.getByRole('button', { name: 'A reply of two parts' }).click();
    await ui.messageField().press('Enter');
    await ui.waitForStep('Done');
    const replies = await ui.replies();
    expect(replies).toHaveLength(2);
    expect(replies[0]).toMatch(/^You said: A long message\./);
    expect(replies.join('').length).toBeGreaterThan(4000);
    expect((await ui.steps()).filter((title) => /^Part \d accepted$/.test(title))).toEqual([
      'Part 1 accepted',
      'Part 2 accepted',
    ]);
  });

  it('is still there after the page was loaded anew, and after its chat was left', async () => {
    const number = newNumber();
    await ui.chooseNumber(number);
    await ui.send('Remember me');
    await ui.waitForStep('Done');
    await page.reload();
    await ui.chooseNumber(number);
    await ui.waitForState(/Answered in/);
    expect(await ui.replies()).toEqual(['You said: Remember me']);
    await page.getByLabel('You are').selectOption({ label: 'Grace, 12025550144' });
    await expect.poll(() => page.getByText('You said: Remember me').count()).toBe(0);
  });
});

describe('a provider that fails', () => {
  it('throttling costs time, not the reply', async () => {
    await ui.chooseNumber(newNumber());
    await ui.makeProviderFail('Throttles the next message');
    await picture(page, 'fault-1280');
    await ui.send('Patience');
    await ui.waitForStep('Done');
    const steps = await ui.steps();
    expect(steps).toContain('Graph API answered 429: too many messages');
    expect(steps.filter((title) => title === 'Graph API accepted the reply')).toHaveLength(1);
    expect(await ui.replies()).toEqual(['You said: Patience']);
    expect(await page.getByRole('button', { name: 'Repair it' }).count()).toBe(0);
  });

  it('a lost answer repeats at most that one part, and the page says so', async () => {
    await ui.chooseNumber(newNumber());
    await ui.makeProviderFail('Accepts the next message, but the answer is lost');
    await ui.send('Did it arrive?');
    await ui.waitForStep('Done', 50_000);
    const steps = await ui.steps();
    expect(steps).toContain('Graph API accepted the reply, but its answer was lost');
    expect(steps.filter((title) => title.startsWith('Agent decided'))).toHaveLength(1);
    expect(await ui.replies()).toEqual(['You said: Did it arrive?', 'You said: Did it arrive?']);
    await page.getByText('sent again: its first answer was lost').waitFor();
  });

  it('a token that is not accepted brings the message to the dead-letter queue and, repaired, back', async () => {
    await ui.chooseNumber(newNumber());
    await ui.makeProviderFail('Does not accept the token');
    await ui.send('Nothing is lost');
    await ui.waitForStep('It lies in the dead-letter queue', 55_000);
    await ui.waitForState('In the dead-letter queue');
    expect(await ui.replies()).toEqual([]);
    await picture(page, 'dead-letter-1280');
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'dead-letter-1280-dark');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Repair it' }).click();
    await page.getByRole('button', { name: 'Bring back' }).click();
    await ui.waitForStep('Done, where an earlier attempt had stopped');
    await ui.waitForState(/Answered in/);
    expect(await ui.replies()).toEqual(['You said: Nothing is lost']);
    expect((await ui.steps()).filter((title) => title.startsWith('Agent decided'))).toHaveLength(1);
  }, 90_000);
});
