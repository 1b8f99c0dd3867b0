import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.ts';
import { complaintsOf, openBrowser, picture, SIZES, type TestBrowser } from './browser.ts';
import { ConsolePage } from './console-page.ts';

const { url, secrets } = inject('console');
let browser: TestBrowser;
let page: Page;
let ui: ConsolePage;
let complaints: string[];
const newChatId = () => String(6_000_000_000 + (Date.now() % 1_000_000_000));

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
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await picture(page, `failed ${task.name}`, true);
  expect(complaints).toEqual([]);
  await page.close();
});

describe('with the keyboard alone, on a phone', () => {
  it('a Telegram message is written and its time line read', async () => {
    await page.setViewportSize(SIZES.phone);
    await ui.open(url);
    const { keyboard } = page;
    const focused = () => page.evaluate('document.activeElement.id || document.activeElement.value');
    await page.getByRole('radio', { name: 'WhatsApp' }).focus();
    await keyboard.press('ArrowRight');
    expect(await focused()).toBe('telegram');
    await keyboard.press('Tab');
    expect(await focused()).toBe('user');
    await keyboard.press('End');
    await keyboard.press('Tab');
    expect(await focused()).toBe('number');
    await keyboard.type(newChatId());
    await ui.messageField().focus();
    await keyboard.type('One line');
    await keyboard.press('Shift+Enter');
    await keyboard.type('and another');
    await keyboard.press('Enter');
    await ui.waitForStep('Done');
    expect(await ui.replies()).toEqual(['You said: One line\nand another']);
    expect(await ui.steps()).toContain('Bot API accepted the reply');
    expect(await focused()).toBe('text');
    expect(await page.locator('#live').textContent()).toMatch(/Answered|Reply: You said: One line/);
    await picture(page, 'telegram-390', true);
    expect(await ui.scrollsSideways()).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'telegram-390-dark');
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('the menu of faults opens, closes with Escape and gives the focus back', async () => {
    await page.setViewportSize(SIZES.phone);
    await ui.open(url);
    const opener = page.getByRole('button', { name: 'Make the provider fail' });
    await opener.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await picture(page, 'faults-390');
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.id')).toBe('open-faults');
    expect(await page.getByRole('button', { name: 'Repair it' }).count()).toBe(0);
  });
});

describe('what is wrong is said', () => {
  it('a number that cannot be one', async () => {
    await ui.open(url);
    await ui.chooseNumber('12ab');
    await ui.send('Hello');
    await page.getByRole('alert').filter({ hasText: 'A WhatsApp number has 7 to 15 digits' }).waitFor();
    expect(await ui.messageField().inputValue()).toBe('Hello');
    // The browser notes every refused request; this one was asked for.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('400')]);
  });

  it('an emulator that does not answer any more', async () => {
    const bot = { channel: 'whatsapp', busyPolicy: 'drop', users: [], faults: [], depth: {} };
    const state = { backend: 'MiniStack', bots: [{ ...bot, staleSinceMillis: Date.now() }] };
    const body = `retry: 600000\nevent: state\ndata: ${JSON.stringify(state)}\n\n`;
    // A connection that stays open cannot be made up, so the page is told that it has one.
    await page.route('**/api/events', (route) => route.fulfill({ contentType: 'text/event-stream', body }));
    await page.addInitScript(
      "EventSource.prototype.addEventListener = new Proxy(EventSource.prototype.addEventListener, { apply: (add, source, [name, act]) => name !== 'error' && Reflect.apply(add, source, [name, act]) })",
    );
    await page.goto(url);
    await page.getByText(/No news from the functions since \d+:\d\d:\d\d/).waitFor();
    await picture(page, 'stale-1280');
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('an empty first view explains itself', async () => {
    await ui.open(url);
    await ui.chooseNumber('12005550100');
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await page.getByText('A function checks the signature').waitFor();
    await picture(page, 'empty-1280');
    expect(await seriousFindings(page)).toEqual([]);
  });
});

describe('who may talk to the console', () => {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ channel: 'whatsapp', user: '12025550143', text: 'from afar' });
  const post = (headers: Record<string, string>) =>
    browser.context.request.post(`${url}/api/messages`, { headers, data: Buffer.from(body) });

  it.each([
    ['a form of another page', { 'content-type': 'text/plain' }, 415],
    ['another origin', { ...json, origin: 'https://example.org' }, 403],
    ['another site, as the browser says', { ...json, 'sec-fetch-site': 'cross-site' }, 403],
    ['a name that was bound to this machine', { ...json, host: 'rebound.example:80' }, 421],
  ])('%s may not', async (_who, headers, status) => {
    expect((await post(headers)).status()).toBe(status);
  });

  it('reading changes nothing, and only the page may be opened from elsewhere', async () => {
    const get = (path: string, headers = {}) => browser.context.request.get(url + path, { headers });
    for (const path of ['/api/messages', '/api/faults', '/api/redrive', '/api/messages/m1/deliveries'])
      expect((await get(path)).status()).toBe(404);
    expect((await get('/', { host: 'rebound.example' })).status()).toBe(421);
    expect((await get('/api/history', { 'sec-fetch-site': 'cross-site' })).status()).toBe(403);
  });

  it('the page gets no secret and nothing from elsewhere, under a strict policy', async () => {
    const requested: string[] = [];
    const received: Promise<string>[] = [];
    page.on('request', (request) => requested.push(request.url()));
    page.on('response', (response) => {
      if (!response.url().endsWith('/api/events')) received.push(response.text());
    });
    await ui.open(url);
    await ui.chooseNumber('12005550101');
    await ui.send('No secrets');
    await ui.waitForStep('Done');
    expect(requested.filter((each) => !each.startsWith(`${url}/`))).toEqual([]);
    const everything = [...(await Promise.all(received)), await page.content(), await events()].join('\n');
    expect(everything).toContain('EventSource');
    expect(everything).toContain('You said: No secrets');
    for (const secret of secrets) expect(everything).not.toContain(secret);
    const policy = (await page.request.get(url)).headers()['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });
});

/** What a page that connects now is told at once. */
async function events(): Promise<string> {
  const response = await fetch(`${url}/api/events`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('You said: No secrets')) text += (await reader.read()).value;
  await reader.cancel();
  return text;
}
