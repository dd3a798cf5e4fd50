import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulatedBoard, type EmulatedBoard } from '../../boards/emulated-board.ts';
import { hasBoards, hasTestData, testData } from '../../support/paths.ts';
import type { TestApp } from './app.ts';
import { Person } from './person.ts';
import { tasksDuring } from './window-tasks.ts';

const PICTURES = 12;
/** The emulator takes seconds for one inference. */
const SLOW = 300_000;

/** SqueezeNet v1.1 from its files to a report of a bare ARM board over SSH, with everything on the way that goes wrong. */
export function boardWay(start: () => Promise<TestApp>): void {
  describe.skipIf(!hasBoards || !hasTestData)('and a board over SSH', () => {
    let app: TestApp;
    let person: Person;
    let board: EmulatedBoard;

    beforeAll(async () => {
      [board, app] = await Promise.all([startEmulatedBoard('a53'), start()]);
      person = new Person(app);
    }, 400_000);

    afterAll(async () => {
      await app.close();
      await board.stop();
    });

    /** Answers the dialog that asks for a password. */
    async function logsIn(password: string): Promise<void> {
      const dialog = app.page.getByRole('dialog', { name: `Password for root@127.0.0.1:${board.port}` });
      await dialog.waitFor();
      await dialog.getByLabel('Password', { exact: true }).fill(password);
      await dialog.getByRole('button', { name: 'Log in' }).click();
    }

    it('finds the weights beside the prototxt, and takes pictures, labels and a mean', async () => {
      const pictures = join(app.folder, 'pictures');
      await mkdir(pictures);
      const source = join(testData, 'images', 'imagenet');
      const names = (await readdir(source)).filter((name) => name.endsWith('.jpg')).slice(0, PICTURES);
      for (const name of names) await copyFile(join(source, name), join(pictures, name));
      await person.willChoose(join(testData, 'models', 'squeezenet_v1.1', 'deploy.prototxt'), pictures);
      await person.press('Choose a file…');
      await person.sees('Model');
      await person.press('Continue to Images');
      await person.press('Choose a folder…');
      await person.reads(`${PICTURES} pictures`);
      await person.reads('Few pictures');
      await person.fills('Mean, per channel', '104 117 123');
      await person.press('Continue to Calibrate');
    });

    it('calibrates, also after the engine was killed in the middle', async () => {
      await person.press('Calibrate');
      await app.page.getByRole('progressbar', { name: 'Calibration' }).waitFor();
      await app.killEngine();
      await person.readsError('stopped unexpectedly during the step Calibrate');
      await person.press('Start it again');
      const { longestOwnMs, longestMs } = await tasksDuring(app, async () => {
        await person.press('Go on with it');
        await person.reads(`Calibrated on ${PICTURES} pictures.`, SLOW);
        await app.page.getByRole('img', { name: /^Values of/ }).waitFor();
      });
      const figures = `${longestOwnMs.toFixed(1)} ms of its own, ${longestMs.toFixed(1)} ms by the clock`;
      process.stderr.write(`longest task of the window during the calibration: ${figures}\n`);
      // By the thread's own time, which does not depend on what else the computer is doing.
      expect(longestOwnMs).toBeLessThan(50);
      await person.press('Continue to Accuracy');
      await person.press('Skip to Target');
      await person.chooses(/^Other 64-bit ARM/);
      await person.press('Build');
      await person.sees('Built');
      await person.press('Continue to Board');
    });

    it('asks about the host key, refuses a wrong password, and then says what the board is', async () => {
      await person.fills('Name or address', `127.0.0.1:${board.port}`);
      await person.fills('User', 'root');
      await person.press('Connect and probe');
      await person.sees('Is this your board?');
      await person.press('No, do not connect');
      expect(await person.readsError('The host key was not accepted')).toMatch(/What to do:/);
      await person.press('Try again');
      await person.sees('Is this your board?');
      await person.press('Yes, trust this board');
      await logsIn('wrong');
      await person.reads('That was not right. Attempt 2.');
      await logsIn('wrong');
      await person.reads('That was not right. Attempt 3.');
      await logsIn('wrong');
      expect(await person.readsError('The password is wrong')).toMatch(/What to do:/);
      await person.press('Try again');
      await logsIn('cortado');
      await person.sees('What the board says');
      await person.reads(/^aarch64, neon/);
      await person.press('Continue to Run and report');
    });

    it(
      'runs there to a report, also after the engine was killed in the middle',
      async () => {
        await app.page.getByText('More options').click();
        await person.fills('Timed runs', '2');
        await person.fills('Warm-up runs', '0');
        await person.press(`Run on root@127.0.0.1:${board.port}`);
        await logsIn('cortado');
        await person.reads('Verify bit for bit');
        await app.killEngine();
        await person.readsError('stopped unexpectedly during the step Run and report');
        await person.press('Start it again');
        await person.press('Go on with it');
        await logsIn('cortado');
        await person.reads(/^Verified: all \d+ int8 blobs equal the reference bit for bit\.$/, SLOW);
        await person.reads('Median');
        await app.page.getByRole('tab', { name: 'Layers' }).click();
        await person.reads('Time per layer');
      },
      SLOW,
    );

    it('refuses a host key that has changed until the user says that it is right', async () => {
      const file = join(app.folder, 'config', 'cortado', 'known_hosts');
      const known = await readFile(file, 'utf8');
      // Another key of the same type: one byte of it differs.
      await writeFile(
        file,
        known.replace(/\S+$/m, (key) => {
          const bytes = Buffer.from(key, 'base64');
          bytes[bytes.length - 1] ^= 1;
          return bytes.toString('base64');
        }),
      );
      await person.goesTo('Board');
      await person.press('Probe again');
      const said = await person.readsError('The host key has changed');
      expect(said).toMatch(/another .* host key/);
      expect(said).toMatch(/What to do:/);
      await person.press('Forget the old key and connect again');
      await person.sees('Is this your board?');
      await person.press('Yes, trust this board');
      await logsIn('cortado');
      await app.page.getByRole('group', { name: 'Probe' }).getByText(/^Done/).first().waitFor();
      expect(await readFile(file, 'utf8')).toBe(known);
    });
  });
}
