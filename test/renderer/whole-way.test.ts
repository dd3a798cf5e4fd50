import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STEPS } from '../../core/project/steps.ts';
import type { WireError } from '../../electron/shared/schemas/basics.ts';
import type { CortadoDouble } from './double/cortado-double.ts';
import { hasBrowser, TestPages, type PageOptions } from './support/page.ts';

/** Lets the double say something, as main or the engine would. */
async function tell(page: Page, name: string, payload: unknown): Promise<void> {
  await page.evaluate(
    ([event, content]) => {
      (window as unknown as { cortado: CortadoDouble }).cortado.emit(event as 'stage', content as never);
    },
    [name, payload] as const,
  );
}

async function callsOf(page: Page): Promise<{ name: string; args: unknown }[]> {
  return page.evaluate(() => (window as unknown as { cortado: CortadoDouble }).cortado.calls);
}

describe.skipIf(!hasBrowser)('the wizard over recorded answers', () => {
  let pages: TestPages;
  let page: Page;
  const open = async (options: PageOptions = {}): Promise<void> => {
    page = await pages.open({ stageMs: 300, ...options });
  };
  beforeAll(async () => {
    pages = await TestPages.start();
  });
  afterAll(() => pages.close());

  it('goes the whole way with the sample, by keyboard alone', async () => {
    await open();
    await page.getByRole('button', { name: 'Open the sample' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Model', level: 1 }).waitFor();
    const press = async (name: string): Promise<void> => {
      const button = page.getByRole('button', { name, exact: true });
      await button.focus();
      await page.keyboard.press('Enter');
    };
    await page.getByRole('button', { name: 'Continue to Images', disabled: false }).waitFor();
    await press('Continue to Images');
    await press('Continue to Calibrate');
    await press('Calibrate');
    await page.getByText('Calibrated on 60 pictures.').waitFor();
    await press('Continue to Accuracy');
    await press('Measure accuracy');
    await page.getByText('Agreement with fp32').waitFor();
    await press('Continue to Target');
    await press('Build');
    await page.getByRole('heading', { name: 'Built' }).waitFor();
    await press('Continue to Board');
    await press('Connect and probe');
    await page.getByText('What the board says').waitFor();
    await press('Continue to Run and report');
    await press('Run on the virtual board');
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
    expect(await page.getByText('Median', { exact: true }).first().isVisible()).toBe(true);
    await page.close();
  });

  it('moves the focus to the title of a new step, and Back loses nothing', async () => {
    await open({ project: 'after' });
    await page.getByRole('button', { name: /^Images/ }).click();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Images');
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('heading', { name: 'Model', level: 1 }).waitFor();
    await page.close();
  });

  it('lays the graph out, finds layers and shows their details', async () => {
    await open({ project: 'after' });
    await page.getByRole('button', { name: /^Model/ }).click();
    await page.locator('.graph .box').first().waitFor();
    await page.getByRole('searchbox', { name: 'Find a layer' }).fill('conv1');
    await page.getByText(/layers? found/).waitFor();
    await page.locator('.graph .box', { hasText: 'conv1' }).first().click();
    await page.getByRole('heading', { name: 'conv1', exact: true }).waitFor();
    expect(await page.getByText('Line in the prototxt').isVisible()).toBe(true);
    await page.close();
  });

  it('brings every layer of the graph into view, by keyboard, by search and as a whole', async () => {
    await open({ project: 'after' });
    await page.getByRole('button', { name: /^Model/ }).click();
    const graph = page.getByRole('region', { name: 'The network as a graph' });
    const [first, last] = [/^conv1, /, /^prob, /].map((name) => graph.getByRole('button', { name }));
    const isInView = async (box: Locator): Promise<boolean> => {
      const [outer, inner] = [await graph.boundingBox(), await box.boundingBox()];
      if (outer === null || inner === null) return false;
      return inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height;
    };
    await graph.getByRole('application').press('End');
    await page.getByRole('heading', { name: 'prob', exact: true }).waitFor();
    await expect.poll(() => isInView(last)).toBe(true);
    await graph.getByRole('application').press('Home');
    await page.getByRole('heading', { name: 'conv1', exact: true }).waitFor();
    await expect.poll(() => isInView(first)).toBe(true);
    await page.getByRole('searchbox', { name: 'Find a layer' }).fill('prob');
    await expect.poll(() => isInView(last)).toBe(true);
    await graph.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(async () => (await isInView(first)) && (await isInView(last))).toBe(true);
    await page.close();
  });

  it('shows an error of a stage with its cause, what to do, and a way on', async () => {
    await open({ project: 'after' });
    const error: WireError = {
      code: 'ssh.wrong-password',
      message: 'The board refused the password.',
      advice: 'Type it again.',
      location: {},
      details: 'details',
    };
    await page.getByRole('button', { name: /^Board/ }).click();
    const stage = await page.evaluate(() => (window as unknown as { cortado: CortadoDouble }).cortado.stage('probe'));
    await tell(page, 'stage', { ...stage, run: 9, status: 'failed', error });
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toMatch(
      /The password is wrong.*refused the password.*What to do:.*Type user and password again/s,
    );
    await alert.getByRole('button', { name: 'Copy details' }).click();
    await alert.getByText('Copied').first().waitFor();
    expect(await callsOf(page)).toContainEqual({
      name: 'app.copy',
      args: { text: expect.stringContaining('ssh.wrong-password') as string },
    });
    await alert.getByRole('button', { name: 'Try again' }).waitFor();
    await page.close();
  });

  it('asks about a host key in words, and refuses by Escape', async () => {
    await open({ project: 'after' });
    await tell(page, 'question', {
      kind: 'hostKey',
      id: 'q1',
      host: '192.168.1.20',
      keyKind: 'ED25519',
      fingerprint: 'SHA256:abc',
      knownKinds: [],
      text: '',
    });
    const dialog = page.getByRole('dialog', { name: 'Is this your board?' });
    await dialog.waitFor();
    expect(await dialog.textContent()).toContain('SHA256:abc');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await callsOf(page)).toContainEqual({
      name: 'questions.answer',
      args: { kind: 'hostKey', id: 'q1', accept: false },
    });
    await page.close();
  });

  it('finds boards only when asked to, and takes over the one that is chosen', async () => {
    await open({ project: 'after' });
    await page.getByRole('button', { name: /^Board/ }).click();
    await page.getByRole('radio', { name: /A board in the network/ }).check();
    expect((await callsOf(page)).some(({ name }) => name === 'boards.search')).toBe(false);
    await page.getByRole('button', { name: 'Find boards in this network' }).click();
    await page.getByRole('button', { name: 'pi (192.168.1.20)' }).click();
    expect(await page.getByRole('textbox', { name: 'Name or address' }).inputValue()).toBe('pi.local');
    await page.getByRole('button', { name: 'Back' }).click();
    expect((await callsOf(page)).at(-1)).not.toEqual({ name: 'boards.search', args: { on: true } });
    expect(await callsOf(page)).toContainEqual({ name: 'boards.search', args: { on: false } });
    await page.close();
  });

  it('makes a key and logs in with it from then on', async () => {
    await open({ project: 'after' });
    await page.getByRole('button', { name: /^Board/ }).click();
    await page.getByRole('radio', { name: /A board in the network/ }).check();
    await page.getByRole('textbox', { name: 'User' }).fill('pi');
    await page.getByRole('textbox', { name: 'Name or address' }).fill('pi.local');
    await page.getByRole('radio', { name: /New key/ }).check();
    await page.getByRole('button', { name: 'Make a key and install it' }).click();
    await page.getByText('The board lets this key in now.').waitFor();
    expect(await callsOf(page)).toContainEqual({
      name: 'project.decide',
      args: { step: 'board', change: { identityFile: '/home/user/.ssh/cortado_ed25519' } },
    });
    await page.close();
  });

  it('asks for a password and says that the last one was wrong', async () => {
    await open({ project: 'after' });
    await tell(page, 'question', {
      kind: 'secret',
      id: 'q2',
      secret: 'password',
      subject: 'pi@board',
      text: '',
      attempt: 2,
    });
    await page.getByText('That was not right. Attempt 2.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill('secret');
    await page.keyboard.press('Enter');
    expect(await callsOf(page)).toContainEqual({
      name: 'questions.answer',
      args: { kind: 'secret', id: 'q2', secret: 'secret', remember: false },
    });
    await page.close();
  });

  it('offers no virtual board where there is none, and says why', async () => {
    await open({ project: 'before', noVirtualBoard: 'no-agent.win32' });
    for (const [step, name] of [
      ['target', /^Virtual board/],
      ['board', /^The virtual board on this computer/],
    ] as const) {
      await page.locator('nav li button').nth(STEPS.indexOf(step)).click();
      const choice = page.getByRole('radio', { name });
      await choice.waitFor();
      expect(await choice.isDisabled()).toBe(true);
      await page.getByText('Not available on this system: there is no agent for Windows; use a real board').waitFor();
    }
    await page.close();
  });

  it('says that the engine crashed and goes on after a restart', async () => {
    await open({ project: 'after' });
    await tell(page, 'engine.state', { state: 'crashed', error: null, crashes: 1 });
    await page.getByRole('button', { name: 'Start it again' }).click();
    await page.waitForFunction(() =>
      (window as unknown as { cortado: CortadoDouble }).cortado.calls.some(({ name }) => name === 'engine.restart'),
    );
    await page.close();
  });

  it('has the step’s one button in view in the smallest window, and says why it cannot be pressed', async () => {
    await open({ project: 'before', width: 1024, height: 700 });
    const buttons = ['Calibrate', 'Measure accuracy', 'Build', 'Connect and probe', 'Run on the virtual board'];
    for (const [index, name] of buttons.entries()) {
      await page
        .locator('nav li button')
        .nth(index + 2)
        .click();
      const box = await page.getByRole('button', { name, exact: true }).boundingBox();
      expect((box?.y ?? 700) + (box?.height ?? 0), name).toBeLessThanOrEqual(700);
    }
    const run = page.getByRole('button', { name: 'Run on the virtual board' });
    expect(await run.isDisabled()).toBe(true);
    expect(await page.getByText('Build the files first, in the step Target.').isVisible()).toBe(true);
    expect(await run.getAttribute('aria-describedby')).toBe('step-status');
    await page.close();
  });

  it('checks the preprocessing without being asked, once', async () => {
    await open({ project: 'before' });
    await page.getByRole('button', { name: /^Images/ }).click();
    await page.getByText('No other common setting is clearly surer.').waitFor();
    const started = { name: 'stages.start', args: { stage: 'evidence' } };
    expect((await callsOf(page)).filter((call) => JSON.stringify(call) === JSON.stringify(started))).toHaveLength(1);
    await page.close();
  });

  it('lets what was not asked for give way to what is', async () => {
    await open({ project: 'before', stageMs: 20_000 });
    await page.getByRole('button', { name: /^Images/ }).click();
    await page.getByText('Checking on a few pictures').waitFor();
    await page.getByRole('button', { name: 'Continue to Calibrate' }).click();
    await page.getByRole('button', { name: 'Calibrate', exact: true }).click();
    await page.getByRole('progressbar', { name: 'Calibration' }).waitFor();
    const stages = (await callsOf(page)).filter(
      ({ name, args }) => /^stages\.(start|cancel)$/.test(name) && !JSON.stringify(args).includes('load'),
    );
    expect(stages.map(({ name, args }) => [name, args])).toEqual([
      ['stages.start', { stage: 'evidence' }],
      ['stages.cancel', { stage: 'evidence' }],
      ['stages.start', { stage: 'calibrate' }],
    ]);
    await page.close();
  });

  it('says in the rail and in the step what is out of date and why, and what to press', async () => {
    await open({ project: 'after', stageMs: 60_000 });
    const view = await page.evaluate(() =>
      (window as unknown as { cortado: CortadoDouble }).cortado.call('project.get'),
    );
    if (!view.ok) throw new Error('no project');
    const steps = view.value.steps.map((status) =>
      status.step === 'calibrate'
        ? { ...status, state: 'outdated', reasons: ['changed.images'] }
        : status.step === 'board'
          ? { ...status, state: 'attention', reasons: ['ssh.refused'] }
          : status,
    );
    await tell(page, 'project', { ...view.value, steps });
    const rail = page.getByRole('navigation', { name: 'Steps' });
    await rail.getByText('The pictures or their preprocessing have changed.').waitFor();
    expect(await rail.getByRole('button', { name: /^Board/ }).textContent()).toContain('Nothing listens for SSH there');
    await rail.getByRole('button', { name: /^Calibrate/ }).click();
    await page.getByText('Press “Calibrate again” below.').waitFor();
    await page.getByRole('button', { name: 'Calibrate again' }).click();
    await page.getByRole('progressbar', { name: 'Calibration' }).waitFor();
    await page.close();
  });

  it('tells in the title of the window how far it is', async () => {
    await open({ project: 'after', stageMs: 3000 });
    await page.getByRole('button', { name: /^Calibrate/ }).click();
    await page.getByRole('button', { name: 'Calibrate again' }).click();
    await page.waitForFunction(() => /^\d+% Calibrate – Digits – Cortado$/.test(document.title));
    await page.waitForFunction(() => document.title === 'Digits – Cortado');
    const told = (await callsOf(page)).filter(({ name }) => name === 'window.setProgress').map(({ args }) => args);
    expect(told).toContainEqual({
      title: expect.stringMatching(/^[1-9]\d*% Calibrate/) as string,
      fraction: expect.any(Number) as number,
    });
    expect(told.at(-1)).toEqual({ title: 'Digits – Cortado', fraction: null });
    await page.close();
  });

  it('goes from one layer that was found to the next by Enter', async () => {
    await open({ project: 'after' });
    await page.getByRole('button', { name: /^Model/ }).click();
    const field = page.getByRole('searchbox', { name: 'Find a layer' });
    await field.fill('relu');
    await field.press('Enter');
    const first = await page.locator('h2', { hasText: 'relu' }).textContent();
    await field.press('Enter');
    await page.waitForFunction(
      (before) =>
        [...document.querySelectorAll('h2')].some(
          ({ textContent }) => textContent.includes('relu') && textContent !== before,
        ),
      first,
    );
    await page.close();
  });

  it('finds boards by name, and says what to do where there is none of that name', async () => {
    await open({ project: 'after' });
    await page.getByRole('button', { name: /^Target/ }).click();
    const field = page.getByRole('searchbox', { name: 'Find a board' });
    await field.fill('zedboard');
    await page.getByRole('heading', { name: 'ARM boards with an FPGA' }).waitFor();
    expect(await page.getByRole('radio', { name: /Raspberry/ }).count()).toBe(0);
    await field.fill('no such board');
    await page.getByText('No board is called that.').waitFor();
    await page.close();
  });

  it('cancels at once', async () => {
    await open({ project: 'after', stageMs: 60_000 });
    await page
      .getByRole('button', { name: /^Calibrate/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Calibrate again' }).click();
    await page.getByRole('progressbar', { name: 'Calibration' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled. Nothing was changed').waitFor();
    await page.close();
  });

  it('changes the language at once', async () => {
    await open();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('combobox', { name: 'Language' }).selectOption('zh-CN');
    await page.getByRole('heading', { name: '设置' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
    await page.close();
  });

  for (const [width, height] of [
    [1024, 700],
    [2560, 1440],
  ] as const) {
    it(`needs no scrolling sideways at ${width} by ${height}`, async () => {
      await open({ project: 'after', width, height });
      for (let position = 0; position < 7; position++) {
        await page.locator('nav li button').nth(position).click();
        await page.waitForTimeout(200);
        const over = await page.evaluate(() => {
          const main = document.querySelector('main');
          return main === null ? 1 : main.scrollWidth - main.clientWidth;
        });
        expect(over, `step ${position + 1}`).toBeLessThanOrEqual(0);
      }
      await page.close();
    });
  }
});
