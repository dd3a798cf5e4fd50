import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectArgument } from '../../electron/main/project-argument.ts';
import { hasUpdates } from '../../electron/main/updates.ts';
import { cortado } from '../support/cli.ts';
import { ROOT } from './support/runtime.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-start-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** What `npm run app` says where it cannot show a window. */
async function start(env: Record<string, string>): Promise<{ readonly code: unknown; readonly text: string }> {
  return new Promise((resolve) => {
    const script = join(ROOT, 'electron', 'packaging', 'start.mjs');
    execFile(process.execPath, [script], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error?.code, text: stdout + stderr });
    });
  });
}

describe('starting the app', () => {
  it.runIf(process.platform === 'linux')('without a display says what to do instead', async () => {
    const { code, text } = await start({ DISPLAY: '', WAYLAND_DISPLAY: '' });
    expect(code).toBe(1);
    expect(text).toMatch(/no display/);
    expect(text).toMatch(/npm run demo/);
    expect(text).toMatch(/npm run cortado -- --help/);
  });

  it("without Electron's runtime says what to do instead", async () => {
    const { code, text } = await start({ DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: folder });
    expect(code).toBe(1);
    expect(text).toContain(folder);
    expect(text).toMatch(/npx install-electron/);
    expect(text).toMatch(/npm run demo/);
  });

  it.runIf(process.platform === 'linux')(
    'by the command line ends the same way, and refuses what is no project',
    async () => {
      const env = { DISPLAY: '', WAYLAND_DISPLAY: '' };
      const shown = await cortado(['app'], { env });
      expect(shown.code).toBe(1);
      expect(shown.stderr).toMatch(/no display/);
      const refused = await cortado(['app', folder], { env });
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/project\.json/);
      expect(refused.stderr).not.toMatch(/no display/);
    },
  );

  it('takes a project from the command line, and nothing that is none', async () => {
    const project = join(folder, 'project');
    await mkdir(project);
    await writeFile(join(project, 'project.json'), '{}');
    expect(projectArgument(['cortado', '--no-sandbox', project])).toBe(project);
    expect(projectArgument(['electron', '/app', project, '--flag'])).toBe(project);
    expect(projectArgument(['cortado', folder, 'nothing'])).toBeUndefined();
    expect(projectArgument([project])).toBeUndefined();
  });

  it('looks for updates only where the build has an address for them', async () => {
    expect(hasUpdates(folder)).toBe(false);
    await writeFile(join(folder, 'app-update.yml'), 'provider: generic\n');
    expect(hasUpdates(folder)).toBe(true);
  });
});
