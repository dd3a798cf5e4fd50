import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boardAddressText } from '../../core/deploy/address.ts';
import { startVirtualBoard } from '../../core/deploy/virtual/virtual-board.ts';
import { buildApp } from '../../electron/packaging/build.mjs';
import { TestApp } from './support/app.ts';
import { electronRuntime, ROOT } from './support/runtime.ts';

const runtime = electronRuntime();
const bundles = join(ROOT, 'build', 'app-test');

describe.skipIf(runtime === undefined)('the shell, from source', () => {
  let app: TestApp;
  /** One that the app has been given. */
  let password = '';
  const electron = join(runtime ?? '', 'electron');

  beforeAll(async () => {
    await buildApp({ output: bundles, page: join(ROOT, 'test', 'app', 'page') });
    app = await TestApp.start(electron, bundles);
  });

  afterAll(async () => {
    await app.close();
  });

  describe('security', () => {
    it('gives the page no Node, and the preload script nothing but the API', async () => {
      const seen = await app.page.evaluate(() => {
        const page = globalThis as unknown as Record<string, unknown>;
        return {
          globals: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in page),
          api: Object.keys(page.cortado as object).sort(),
        };
      });
      expect(seen).toEqual({ globals: [], api: ['call', 'on', 'pathOfDroppedFile'] });
    });

    it('has sandbox, isolation and web security on, and no remote content', async () => {
      const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        const contents = window.webContents as unknown as { getLastWebPreferences: () => Record<string, unknown> };
        return contents.getLastWebPreferences();
      });
      expect(preferences).toMatchObject({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
      });
      expect(app.page.url()).toBe('app://cortado/');
    });

    it('lets no inline script run, and none ask for files', async () => {
      const seen = await app.page.evaluate(() => {
        const page = globalThis as unknown as {
          document: {
            createElement: (tag: string) => { textContent: string };
            body: { append: (node: unknown) => void };
          };
          XMLHttpRequest: new () => { open: (...all: unknown[]) => void; send: () => void };
        };
        const script = page.document.createElement('script');
        script.textContent = 'globalThis.inlineRan = true';
        page.document.body.append(script);
        const request = new page.XMLHttpRequest();
        request.open('GET', 'app://cortado/page.js', false);
        try {
          request.send();
          return { inline: 'inlineRan' in globalThis, asked: true };
        } catch {
          return { inline: 'inlineRan' in globalThis, asked: false };
        }
      });
      expect(seen).toEqual({ inline: false, asked: false });
    });

    it('has no network, by fetch or by picture', async () => {
      let asked = 0;
      const server = createServer((_request, response) => {
        asked++;
        response.end('x');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const fetched = await app.page.evaluate(
        (url) =>
          fetch(url).then(
            () => 'answered',
            () => 'refused',
          ),
        address,
      );
      const shown = await app.page.evaluate(
        (url) =>
          new Promise((resolve) => {
            const { Image } = globalThis as unknown as {
              Image: new () => { onload: unknown; onerror: unknown; src: string };
            };
            const picture = new Image();
            picture.onload = () => {
              resolve('shown');
            };
            picture.onerror = () => {
              resolve('refused');
            };
            picture.src = url;
          }),
        address,
      );
      // Nor does a page that no policy holds back.
      const loaded = await app.electron.evaluate(async ({ BrowserWindow }, url) => {
        const window = new BrowserWindow({ show: false });
        const result = await window.loadURL(url).then(
          () => 'loaded',
          () => 'refused',
        );
        window.destroy();
        return result;
      }, address);
      server.close();
      expect([fetched, shown, loaded, asked]).toEqual(['refused', 'refused', 'refused', 0]);
    });

    it('opens no window and goes nowhere else', async () => {
      const opened = await app.page.evaluate(() => {
        const { open } = globalThis as unknown as { open: (url: string) => unknown };
        return open('https://example.invalid/') === null;
      });
      await app.page.evaluate(() => {
        (globalThis as unknown as { location: { href: string } }).location.href = 'https://example.invalid/';
      });
      await app.page.waitForTimeout(100);
      expect(opened).toBe(true);
      expect(app.page.url()).toBe('app://cortado/');
      expect(app.electron.windows()).toHaveLength(1);
    });

    it('denies every permission', async () => {
      const answers = await app.page.evaluate(async () => {
        const { navigator } = globalThis as unknown as {
          navigator: { permissions: { query: (what: { name: string }) => Promise<{ state: string }> } };
        };
        const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read'];
        return Promise.all(names.map((name) => navigator.permissions.query({ name }).then(({ state }) => state)));
      });
      expect(new Set(answers)).toEqual(new Set(['denied']));
    });

    it('serves nothing from outside its folder', async () => {
      const statuses = await app.electron.evaluate(async ({ net }) => {
        const paths = ['index.html', '..%2Fmain.cjs', '%2e%2e/engine.cjs', '..%5Cmain.cjs', '/etc/passwd', 'none.js'];
        return Promise.all(
          paths.map((path) =>
            net.fetch(`app://cortado/${path}`).then(
              ({ status }) => status,
              () => 0,
            ),
          ),
        );
      });
      expect(statuses).toEqual([200, 404, 404, 404, 404, 404]);
    });

    it('refuses calls that are not in the schema, or from a frame that is not ours', async () => {
      const strange = await app.page.evaluate(async () => {
        const { cortado } = globalThis as unknown as { cortado: { call: (...all: unknown[]) => Promise<unknown> } };
        return Promise.all([
          cortado.call('app.setTheme', { choice: 'pink' }),
          cortado.call('app.copy', { text: 'x', more: 1 }),
          cortado.call('constructor'),
          cortado.call('project.open'),
        ]);
      });
      for (const outcome of strange) expect(outcome).toMatchObject({ ok: false, error: { code: 'ipc.refused' } });
      const other = await app.electron.evaluate(async ({ BrowserWindow, ipcMain }) => {
        const handlers = (
          ipcMain as unknown as { _invokeHandlers: Map<string, (...all: unknown[]) => Promise<unknown>> }
        )._invokeHandlers;
        const [window] = BrowserWindow.getAllWindows();
        const frame = { parent: null, url: 'https://example.invalid/' };
        const child = { parent: window.webContents.mainFrame, url: 'app://cortado/' };
        const handler = handlers.get('cortado:call');
        const codes: unknown[] = [];
        for (const senderFrame of [frame, child, null]) {
          const event = { senderFrame, sender: window.webContents, _reply: undefined as unknown };
          const answer = (await handler?.(event, 'app.info', undefined)) as { error?: { code?: string } } | undefined;
          codes.push(answer?.error?.code ?? 'answered');
        }
        return codes;
      });
      expect(other).toEqual(['ipc.sender', 'ipc.sender', 'ipc.sender']);
    });
  });

  it('takes the sample the whole way to a report', async () => {
    const folder = join(app.folder, 'sample');
    const created = await app.get('project.create', { folder, name: 'Digits', from: 'sample' });
    expect(created.steps[0]).toEqual({ step: 'model', state: 'current', reasons: ['no-result.model'] });
    for (const stage of ['load', 'evidence', 'calibrate', 'accuracy', 'build', 'probe', 'run'] as const) {
      const view = await app.runStage(stage);
      expect([stage, view.error?.details ?? '']).toEqual([stage, '']);
      expect(['done', 'warning']).toContain(view.status);
    }
    const { steps } = await app.get('project.get');
    expect(steps.map(({ state }) => state)).toEqual(Array.from({ length: 7 }, () => 'done'));
    const [summary] = await app.get('reports.list');
    const { report } = await app.get('reports.get', { id: summary.id });
    expect(report.latency.samplesNs).toHaveLength(100);
    expect((await app.get('calibration.get'))?.layers.length).toBeGreaterThan(3);
    const histogram = await app.get('calibration.histogram', { key: 'conv1', bins: 64 });
    expect(histogram.counts).toHaveLength(64);
    expect((await app.get('network.get'))?.totals.layers).toBeGreaterThan(10);
    const preview = await app.get('preprocessing.preview', { index: 0 });
    expect([preview.after.width, preview.after.height]).toEqual([28, 28]);
    await app.get('reports.export', {
      id: summary.id,
      other: null,
      format: 'html',
      path: join(app.folder, 'report.html'),
    });
    expect(await readFile(join(app.folder, 'report.html'), 'utf8')).toContain('<html');
    const outside = await app.call('reports.get', { id: '../project' });
    expect(outside).toMatchObject({ ok: false, error: { code: 'report.unknown' } });
  });

  it('tells of stages as they run: the log, the end, steps out of date', async () => {
    const view = await app.get('project.decide', { step: 'calibrate', change: { format: 'release' } });
    expect(view.steps[2]).toMatchObject({ step: 'calibrate', state: 'outdated', reasons: ['changed.calibrate'] });
    await app.runStage('calibrate');
    expect((await app.get('stages.log', { stage: 'calibrate' })).map(({ text }) => text)).toEqual(
      expect.arrayContaining(['started', 'done']),
    );
    const told = await app.page.evaluate(() =>
      (globalThis as unknown as { told: { name: string }[] }).told.map(({ name }) => name),
    );
    expect(new Set(told)).toEqual(new Set([...told, 'project', 'stage', 'stage.log', 'live', 'engine.state']));
  });

  it('cancels at once and keeps what was there', async () => {
    const before = await app.get('calibration.get');
    await app.get('stages.start', { stage: 'calibrate' });
    await app.get('stages.cancel', { stage: 'calibrate' });
    const { stages } = await app.get('project.get');
    expect(stages.find(({ stage }) => stage === 'calibrate')?.status).toBe('cancelled');
    expect(await app.get('calibration.get')).toEqual(before);
    expect((await app.runStage('calibrate')).status).toMatch(/done|warning/);
  });

  it('fails a stage with the error of the library, and the project stays as it was', async () => {
    await app.get('project.decide', { step: 'board', change: { address: 'no board at all' } });
    const view = await app.runStage('probe');
    expect(view).toMatchObject({ status: 'failed', error: { code: 'board.address' } });
    const { steps } = await app.get('project.get');
    expect(steps[5]).toEqual({ step: 'board', state: 'attention', reasons: ['board.address'] });
    const again = await app.get('project.decide', { step: 'board', change: { address: 'virtual' } });
    expect(again.steps[5].state).toBe('done');
  });

  it('asks about a host key and a password once, and names what was wrong', async () => {
    const board = await startVirtualBoard({ architecture: 'x86_64' });
    ({ password } = board);
    try {
      const address = boardAddressText(board.address);
      await app.get('project.decide', { step: 'board', change: { address } });
      // The key is refused.
      await app.get('stages.start', { stage: 'probe' });
      const question = await app.question('hostKey');
      expect(question).toMatchObject({ fingerprint: board.hostKey, knownKinds: [] });
      await app.get('questions.answer', { kind: 'hostKey', id: question.id, accept: false });
      expect(await app.stageEnd('probe')).toMatchObject({ error: { code: 'ssh.host-key-refused' } });
      // It is accepted; the password is wrong at first.
      await app.get('stages.start', { stage: 'probe' });
      const again = await app.question('hostKey');
      await app.get('questions.answer', { kind: 'hostKey', id: again.id, accept: true });
      const first = await app.question('secret');
      await app.get('questions.answer', { kind: 'secret', id: first.id, secret: 'not it', remember: true });
      const second = await app.question('secret');
      expect([first.kind === 'secret' && first.attempt, second.kind === 'secret' && second.attempt]).toEqual([1, 2]);
      await app.get('questions.answer', { kind: 'secret', id: second.id, secret: board.password, remember: true });
      expect((await app.stageEnd('probe')).error).toBeNull();
      expect((await app.get('board.get'))?.hostKey.fingerprint).toBe(board.hostKey);
      // From now on neither is asked for.
      expect((await app.runStage('run')).error).toBeNull();
      expect(await app.get('questions.pending')).toEqual([]);
      expect(await filesWith(app.folder, board.password)).toEqual([]);
    } finally {
      await board.close();
    }
  });

  it('says that the engine crashed, keeps the project and goes on', async () => {
    const { folder } = await app.get('project.get');
    await app.get('stages.start', { stage: 'calibrate' });
    const lost = app.call('images.list', { offset: 0, limit: 1000 });
    await app.crashEngine();
    await app.page.waitForFunction(() =>
      (globalThis as unknown as { told: { name: string; payload: { state?: string } }[] }).told.some(
        ({ name, payload }) => name === 'engine.state' && payload.state === 'crashed',
      ),
    );
    expect(await lost.then((outcome) => outcome.ok || outcome.error.code)).toSatisfy(
      (value: unknown) => value === true || value === 'engine.gone',
    );
    expect(await app.call('project.get')).toMatchObject({ ok: false, error: { code: 'engine.gone' } });
    const view = await app.get('engine.restart');
    expect(view?.folder).toBe(folder);
    expect(view?.steps[0].state).toBe('done');
    expect((await app.runStage('calibrate')).status).toMatch(/done|warning/);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
    // No dump of the crash, which would hold what was in memory.
    expect(password).not.toBe('');
    expect(await filesWith(app.folder, password)).toEqual([]);
    const files = await readdir(app.folder, { recursive: true });
    expect(files.filter((name) => /\.dmp$|(^|\/)core(\.\d+)?$/.test(name))).toEqual([]);
  });

  it('opens another project in a fresh engine, and remembers both', async () => {
    const folder = join(app.folder, 'second');
    const view = await app.get('project.create', { folder, name: 'Second', from: 'empty' });
    expect(view.steps[0]).toMatchObject({ state: 'current', reasons: ['model.no-prototxt', 'model.no-weights'] });
    expect((await app.get('project.recent')).map(({ name }) => name)).toEqual(['Second', 'Digits']);
    expect(await app.get('network.get')).toBeNull();
    const again = await app.call('project.create', { folder, name: 'x', from: 'empty' });
    expect(again).toMatchObject({ ok: false, error: { code: 'project.folder-in-use' } });
    expect((await app.get('app.info')).lastProject).toBe(folder);
    await app.get('project.close');
    expect((await app.get('app.info')).lastProject).toBeNull();
    expect(await app.call('project.get')).toMatchObject({ ok: false, error: { code: 'project.none' } });
  });

  it('switches language and theme, and keeps no secret where it cannot be encrypted', async () => {
    await app.get('app.setLanguage', { choice: 'zh-CN' });
    await app.get('app.setTheme', { choice: 'dark' });
    const info = await app.get('app.info');
    expect(info.language).toEqual({ choice: 'zh-CN', used: 'zh-CN' });
    expect(info.theme).toEqual({ choice: 'dark', dark: true });
    expect(info.secrets.kept).toBe(false);
    const menu = await app.electron.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label));
    expect(menu).toContain('文件');
  });

  it('says what to do where there is no display', async () => {
    const env = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' };
    const said = await new Promise<{ code: unknown; text: string }>((resolve) => {
      execFile(electron, ['--no-sandbox', bundles], { env, timeout: 20_000 }, (error, stdout, stderr) => {
        resolve({ code: error?.code, text: stdout + stderr });
      });
    });
    expect(said.code).toBe(1);
    expect(said.text).toMatch(/no display|npm run demo/);
  });
});

/** Files below a folder that hold a text. */
async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}
