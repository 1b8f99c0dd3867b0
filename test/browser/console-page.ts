import type { Page } from 'playwright-core';

/** The console's page as a person uses it. */
export class ConsolePage {
  constructor(readonly page: Page) {}

  readonly messageField = () => this.page.getByLabel('Message', { exact: true });

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.getByRole('radio', { name: 'WhatsApp' }).waitFor({ state: 'attached' });
  }

  /** A test that failed may have left a fault behind. */
  async repairProviders(url: string): Promise<void> {
    for (const channel of ['whatsapp', 'telegram'])
      await this.page.request.post(`${url}/api/faults`, { data: { channel, fault: null } });
  }

  /** Every test has a chat of its own. */
  async chooseNumber(number: string): Promise<void> {
    await this.page.getByLabel('You are').selectOption('');
    await this.page.locator('#number').fill(number);
    await this.page.locator('#number').press('Tab');
  }

  async send(text: string): Promise<void> {
    await this.messageField().fill(text);
    await this.messageField().press('Enter');
  }

  /** Texts that the user's phone received in this chat. */
  replies(): Promise<string[]> {
    return this.page.locator('#messages .theirs .bubble-text').allTextContents();
  }

  /** Titles of the time line, in order. */
  steps(): Promise<string[]> {
    return this.page.locator('#steps .title').allTextContents();
  }

  async waitForStep(title: string, timeoutMillis = 30_000): Promise<void> {
    await this.page.locator('#steps .title', { hasText: title }).first().waitFor({ timeout: timeoutMillis });
  }

  async waitForState(text: string | RegExp, timeoutMillis = 30_000): Promise<void> {
    await this.page.locator('#state', { hasText: text }).waitFor({ timeout: timeoutMillis });
  }

  async makeProviderFail(way: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Make the provider fail' }).click();
    await this.page.getByRole('radio', { name: way }).check();
    await this.page.getByRole('button', { name: 'Let it fail' }).click();
    await this.page.getByRole('button', { name: 'Repair it' }).waitFor();
  }

  /** A row of the ids. */
  async id(name: string): Promise<string> {
    return (
      (await this.page
        .locator('#facts div', { has: this.page.getByText(name, { exact: true }) })
        .locator('code')
        .textContent()) ?? ''
    );
  }

  async scrollsSideways(): Promise<boolean> {
    return (await this.page.evaluate('document.documentElement.scrollWidth > innerWidth')) as boolean;
  }
}
