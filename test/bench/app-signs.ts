import { join } from 'node:path';
import { textTable } from '../../core/cli/text-table.ts';
import { TestApp } from '../app/support/app.ts';
import { Person } from '../app/support/person.ts';
import { recordedSigns, recordSigns, stageEnded, type SignsOfLife } from '../app/support/signs-of-life.ts';
import { startEmulatedBoard } from '../boards/emulated-board.ts';
import { hasBoards, testData } from '../support/paths.ts';

/** Nothing of this takes longer, also on an emulated board. */
const LONG = 1_800_000;

/**
 * Goes the whole way with SqueezeNet v1.1 in the window, by clicks, and prints for each stage the longest time in which the engine told
 * nothing new and in which the window showed nothing new: on the virtual board, and where there are emulated ones on one of those, which
 * takes a thousand times as long for an inference.
 */
export async function signsOfLife(executable: string, bundles: string): Promise<void> {
  const app = await TestApp.start(executable, bundles);
  try {
    await wayToBuild(app);
    await new Person(app).press('Continue to Board');
    await runOnBoard(app, () => Promise.resolve());
    const signs = await recordedSigns(app);
    print(signs);
    if (!hasBoards) return;
    await onEmulatedBoard(app);
    print((await recordedSigns(app)).slice(signs.length));
  } finally {
    await app.close();
  }
}

async function wayToBuild(app: TestApp): Promise<void> {
  const person = new Person(app);
  await person.willChoose(
    join(testData, 'models', 'squeezenet_v1.1', 'deploy.prototxt'),
    join(testData, 'images', 'imagenet'),
  );
  await recordSigns(app);
  await person.press('Choose a file…');
  await person.press('Continue to Images');
  await person.press('Choose a folder…');
  await person.reads('200 pictures');
  await person.fills('Mean, per channel', '104 117 123');
  await stage(app, 'Check the settings', 'evidence');
  await person.press('Continue to Calibrate');
  await stage(app, 'Calibrate', 'calibrate');
  await person.press('Continue to Accuracy');
  await stage(app, 'Measure accuracy', 'accuracy');
  await stage(app, 'Search for the best accuracy', 'tune');
  await person.goesTo('Target');
  await person.chooses(/^Virtual board/);
  await stage(app, 'Build', 'build');
}

async function runOnBoard(app: TestApp, logIn: () => Promise<void>): Promise<void> {
  const person = new Person(app);
  await app.page
    .getByRole('button', { name: /^(Connect and probe|Probe again)$/ })
    .first()
    .click();
  await logIn();
  await stageEnded(app, 'probe', LONG);
  await person.press('Continue to Run and report');
  await app.page
    .getByRole('button', { name: /^Run (on .*|again)$/ })
    .first()
    .click();
  await logIn();
  await stageEnded(app, 'run', LONG);
}

/** The same network on a board over SSH, a run without warm-up: the emulator takes seconds for an inference. */
async function onEmulatedBoard(app: TestApp): Promise<void> {
  const person = new Person(app);
  const board = await startEmulatedBoard('a53');
  try {
    await person.goesTo('Board');
    await person.chooses('A board in the network (SSH)');
    await person.fills('Name or address', `127.0.0.1:${board.port}`);
    await person.fills('User', 'root');
    let isKnown = false;
    await runOnBoard(app, async () => {
      if (!isKnown) await person.press('Yes, trust this board');
      isKnown = true;
      const dialog = app.page.getByRole('dialog', { name: /^Password/ });
      await dialog.getByLabel('Password', { exact: true }).fill('cortado');
      await dialog.getByRole('button', { name: 'Log in' }).click();
    });
  } finally {
    await board.stop();
  }
}

async function stage(app: TestApp, button: string, name: SignsOfLife['stage']): Promise<void> {
  await new Person(app).press(button);
  await stageEnded(app, name, LONG);
}

function print(signs: readonly SignsOfLife[]): void {
  const rows = signs.map(({ stage: name, seconds, engine, window }) => [
    name,
    `${seconds.toFixed(1)} s`,
    `${engine.seconds.toFixed(2)} s`,
    engine.after,
    `${window.seconds.toFixed(2)} s`,
    window.after,
  ]);
  const heads = ['stage', 'took', 'engine silent', 'after it told', 'window still', 'while it showed'];
  process.stdout.write(`${textTable(heads, rows)}\n`);
}
