import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { fictionalNumber } from '../../local/recordings/webhooks.ts';
import { seriousFindings } from './axe.ts';
import { complaintsOf, openBrowser, picture, SIZES, type TestBrowser } from './browser.ts';
import { ConsolePage } from './console-page.ts';

const { url, standInUrl, secrets } = inject('console');
const BOT = 'hookline-local-whatsapp';
let browser: TestBrowser;
let page: Page;
let ui: ConsolePage;
let complaints: string[];
let foreign: string[];
// As in the round trips, and never one of theirs.
let chats = 70_000 + (Math.floor(Date.now() / 10_000) % 9_000);
const newNumber = () => fictionalNumber(chats++);

const view = (name: string, subject?: string) =>
  `${url}/operations/#/${BOT}/${name}${subject === undefined ? '' : `/${encodeURIComponent(subject)}`}`;

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
  ui = new ConsolePage(page);
  await ui.repairProviders(url);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await picture(page, `failed ${task.name}`, true);
  expect(complaints).toEqual([]);
  expect(foreign).toEqual([]);
  await page.close();
});

/** Writes on the phone page until the bot has answered. */
async function answered(number: string, text: string): Promise<void> {
  await ui.open(url);
  await ui.chooseNumber(number);
  await ui.send(text);
  await ui.waitForStep('Done');
}

const chatLink = (number: string) => page.locator(`.chats a[data-chat="${number}"]`);

const sentTo = async (number: string): Promise<string[]> => {
  const calls = await (await fetch(`${standInUrl}/_stand-in/whatsapp/calls?chat=${number}`)).json();
  return (calls as { text?: string; accepted: boolean }[]).flatMap(({ text, accepted }) =>
    accepted && text !== undefined ? text : [],
  );
};

describe('the operations page', () => {
  it('shows a conversation, its trace and its replay, and exports it', async () => {
    const number = newNumber();
    await answered(number, 'Hello, operator');
    await page.getByRole('link', { name: 'Operations' }).click();
    await chatLink(number).click();
    await page.getByText('You said: Hello, operator').waitFor();
    expect(await page.getByRole('list', { name: 'Messages' }).getByRole('listitem').count()).toBe(2);
    await page.getByText('rule agent').waitFor();
    await page.getByText('Blocks and metadata').first().click();
    await page.locator('pre', { hasText: '"message_type": "text"' }).waitFor();
    await picture(page, 'operations-conversation-1280');
    expect(await seriousFindings(page)).toEqual([]);

    const [whole] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export JSON' }).click(),
    ]);
    expect(whole.suggestedFilename()).toBe(`${number}.json`);
    const content = JSON.parse(await readFile(await whole.path(), 'utf8'));
    expect(content).toMatchObject({ chat_id: number, rows: [{ role: 'user' }, { role: 'agent' }] });

    await page.getByRole('button', { name: 'Replay' }).first().click();
    await page.getByText('equal', { exact: true }).waitFor();
    expect(await page.getByRole('dialog').getByText('"text": "You said: Hello, operator"').count()).toBe(2);
    await picture(page, 'operations-replay-1280');
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);

    await page.getByRole('link', { name: 'Trace', exact: true }).last().click();
    await page.getByText('answered', { exact: true }).waitFor();
    const steps = await page.locator('.step .title').allTextContents();
    expect(steps).toEqual(
      expect.arrayContaining(['received', 'claimed', 'decided', 'part 1 accepted', 'done']),
    );
    await picture(page, 'operations-trace-1280');
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('hands a chat to a person, who answers once, and gives it back', async () => {
    const number = newNumber();
    await answered(number, 'Is anybody there?');
    await page.goto(view('chats', number));
    await page.getByLabel('Minutes').fill('5');
    await page.getByRole('button', { name: 'Take over' }).click();
    await page.getByText('A person answers until').waitFor();
    await page.getByLabel('Your answer').fill('Yes, a person.');
    await picture(page, 'operations-taken-over-1280');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.text', { hasText: 'Yes, a person.' }).waitFor();
    expect(await sentTo(number)).toEqual(['You said: Is anybody there?', 'Yes, a person.']);

    await ui.open(url);
    await ui.chooseNumber(number);
    await ui.send('And now?');
    await expect
      .poll(async () => {
        await page.goto(view('chats', number));
        await page.reload();
        await page.getByText('Is anybody there?').first().waitFor();
        return page.getByText('rule taken_over').count();
      })
      .toBe(1);
    await page.getByRole('button', { name: 'Give back to the bot' }).click();
    await page.getByText('The bot answers this chat.').waitFor();
    await answered(number, 'Bot again?');
    await expect.poll(async () => (await sentTo(number)).at(-1)).toBe('You said: Bot again?');
  });

  it('shows what was captured and gives it back', async () => {
    const number = newNumber();
    await ui.open(url);
    await ui.chooseNumber(number);
    await ui.makeProviderFail('Refuses the next message for good');
    await ui.send('Keep me');
    await ui.waitForState(/refused/i);
    await page.goto(view('failed'));
    const card = page.getByRole('listitem').filter({ hasText: `Chat ${number}` });
    await card.getByText('send_failed').waitFor();
    await card.getByText('Show the object').click();
    await card.getByText('"captured_at"').waitFor();
    await picture(page, 'operations-failed-1280');
    expect(await seriousFindings(page)).toEqual([]);
    await card.getByRole('button', { name: 'Replay' }).click();
    await card.waitFor({ state: 'detached' });
    await expect.poll(() => sentTo(number), { timeout: 30_000 }).toEqual(['You said: Keep me']);
  });

  it('shows queues, locks, cost and settings, and no secret', async () => {
    const number = newNumber();
    await answered(number, 'For the other views');
    const asked: Promise<string>[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/operations/api/')) asked.push(response.text());
    });
    await page.goto(view('queues'));
    await page.getByRole('heading', { name: 'Locks' }).waitFor();
    await page.getByRole('region', { name: 'Queues' }).waitFor();
    await page
      .getByText('No dead letter lies there.')
      .or(page.getByRole('region', { name: 'Dead letters' }))
      .waitFor();
    await picture(page, 'operations-queues-1280');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Cost' }).click();
    await page.getByText('Counted from the stored rows').waitFor();
    await picture(page, 'operations-cost-1280');
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('cell', { name: 'WHATSAPP_TOKEN' }).waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'operations-settings-1280-dark');
    expect(await seriousFindings(page)).toEqual([]);
    const everything = (await Promise.all(asked)).join('\n') + (await page.content());
    expect(secrets.length).toBeGreaterThan(2);
    for (const secret of secrets) expect(everything).not.toContain(secret);
  });

  it('works on a phone with the keyboard alone, in the dark', async () => {
    const number = newNumber();
    await answered(number, 'Small screen');
    await page.setViewportSize(SIZES.phone);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(view('chats'));
    await page.getByPlaceholder('Part of a chat id').focus();
    await page.keyboard.type(number);
    const chat = chatLink(number);
    // The chat, and the other id that the platform gives its user.
    await expect.poll(() => page.locator('.chats a').count()).toBe(2);
    await picture(page, 'operations-chats-390-dark');
    await chat.focus();
    await page.keyboard.press('Enter');
    await page.getByText('You said: Small screen').waitFor();
    await picture(page, 'operations-conversation-390-dark', true);
    expect(await ui.scrollsSideways()).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'All chats' }).press('Enter');
    await chat.waitFor();
    for (const name of ['trace', 'failed', 'queues', 'cost', 'settings']) {
      await page.goto(view(name));
      await page.locator('main[aria-busy="false"]').waitFor();
      expect(await ui.scrollsSideways(), name).toBe(false);
    }
  });

  it('names what is not there', async () => {
    await page.goto(view('chats', '../nobody'));
    // The browser notes the refused request in its console.
    await page.getByRole('alert').filter({ hasText: 'has no history' }).waitFor();
    await expect.poll(() => complaints.splice(0).join()).toContain('404');
    await page.goto(view('trace', 'wamid.nothing'));
    await page.getByText('Nothing is known of wamid.nothing').waitFor();
    await picture(page, 'operations-nothing-1280');
  });
});
