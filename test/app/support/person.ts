import type { Locator } from 'playwright-core';
import type { TestApp } from './app.ts';

/** What somebody at the window can do: click, type, read. Only the system's own file dialogs are stood in for. */
export class Person {
  constructor(private readonly app: TestApp) {}

  button(name: string): Locator {
    return this.app.page.getByRole('button', { name, exact: true });
  }

  async press(name: string): Promise<void> {
    await this.button(name).click();
  }

  /** Presses what may be gone before the window stands still, as a busy computer draws it. */
  async pressAtOnce(name: string): Promise<void> {
    await this.button(name).dispatchEvent('click');
  }

  /** Waits until the window says this somewhere. */
  async reads(text: string | RegExp, timeout = 60_000): Promise<Locator> {
    const found = this.app.page.getByText(text).first();
    await found.waitFor({ timeout });
    return found;
  }

  /** Waits for the title of a step, a card or a dialog. */
  async sees(heading: string, timeout = 60_000): Promise<void> {
    await this.app.page.getByRole('heading', { name: heading, exact: true }).waitFor({ timeout });
  }

  /** Waits for the notice of an error and returns all that it says. */
  async readsError(title: string): Promise<string> {
    const alert = this.app.page.getByRole('alert').filter({ hasText: title });
    await alert.first().waitFor();
    return (await alert.first().textContent()) ?? '';
  }

  async fills(label: string, text: string): Promise<void> {
    const field = this.app.page.getByLabel(label, { exact: true });
    await field.fill(text);
    await field.press('Enter');
  }

  async chooses(option: string | RegExp): Promise<void> {
    await this.app.page.getByRole('radio', { name: option }).check({ force: true });
  }

  async goesTo(step: string): Promise<void> {
    await this.app.page
      .getByRole('navigation')
      .getByRole('button', { name: new RegExp(`^${step}`) })
      .click();
    await this.sees(step);
  }

  /** The next dialogs of the system that ask for a file or folder are answered with these, one after the other. */
  async willChoose(...paths: readonly string[]): Promise<void> {
    await this.app.electron.evaluate(({ dialog }, answers) => {
      const left = [...answers];
      dialog.showOpenDialog = () => {
        const path = left.shift();
        return Promise.resolve({ canceled: path === undefined, filePaths: path === undefined ? [] : [path] });
      };
    }, paths);
  }

  /** The same of dialogs that ask where to write. */
  async willSaveAs(path: string): Promise<void> {
    await this.app.electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, path);
  }
}
