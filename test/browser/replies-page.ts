import type { Page } from 'playwright-core';

/** The reply engine's page of the console as a person uses it. */
export class RepliesPage {
  constructor(readonly page: Page) {}

  async open(url: string): Promise<void> {
    await this.page.goto(`${url}/replies/`);
    await this.page.locator('#person option').first().waitFor({ state: 'attached' });
  }

  /** A test that failed may have left something behind. */
  async repair(url: string): Promise<void> {
    const post = (name: string, data: object) =>
      this.page.request.post(`${url}/replies/api/${name}`, { data });
    await post('repairs', { provider: 'twilio' });
    await post('repairs', { provider: 'model' });
    await post('order', { order: 'usual' });
  }

  /** Every test has a conversation of its own. */
  async begin(number: string): Promise<void> {
    await this.page.getByLabel('You are').selectOption('');
    await this.page.locator('#number').fill(number);
    await this.page.getByRole('button', { name: 'Begin' }).click();
    await this.page.locator('#begin').waitFor({ state: 'hidden' });
    await this.page.locator('#status', { hasText: 'template_sent' }).waitFor();
  }

  async send(text: string): Promise<void> {
    const field = this.page.getByLabel('Message', { exact: true });
    await field.fill(text);
    await field.press('Enter');
  }

  /** Texts that the person's phone received. */
  replies(): Promise<string[]> {
    return this.page.locator('#messages .theirs .bubble-text').allTextContents();
  }

  async waitForReply(text: string, timeoutMillis = 30_000): Promise<void> {
    await this.page
      .locator('#messages .theirs', { hasText: text })
      .first()
      .waitFor({ timeout: timeoutMillis });
  }

  async waitForEntry(role: 'user' | 'assistant', text: string): Promise<void> {
    await this.page
      .locator('#entries li', { has: this.page.locator('strong', { hasText: role }), hasText: text })
      .first()
      .waitFor();
  }

  async makeFail(way: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Make a provider fail' }).click();
    await this.page.getByRole('radio', { name: way }).check();
    await this.page.getByRole('button', { name: 'Let it fail' }).click();
    await this.page.getByRole('button', { name: 'Repair it' }).waitFor();
  }

  /** A line of the record. */
  async fact(name: string): Promise<string> {
    const line = this.page.locator('#facts div', { has: this.page.getByText(name, { exact: true }) });
    return (await line.locator('dd').textContent()) ?? '';
  }

  /** Whether a button can be seen without scrolling. */
  async isInSight(name: string): Promise<boolean> {
    const box = await this.page.getByRole('button', { name }).boundingBox();
    const size = this.page.viewportSize();
    return box !== null && size !== null && box.y >= 0 && box.y + box.height <= size.height;
  }

  /** Whether the page or the phone is wider than its place. */
  async scrollsSideways(): Promise<boolean> {
    const isWider = '(box) => box.scrollWidth > box.clientWidth';
    const boxes = "[document.documentElement, document.querySelector('.chat')]";
    return (await this.page.evaluate(`${boxes}.some(${isWider})`)) as boolean;
  }
}
