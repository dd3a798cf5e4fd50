import type { Person } from './person.ts';

/** The bundled sample from the start screen to a report of the virtual board, as somebody goes who accepts every default. */
export async function sampleWay(person: Person): Promise<void> {
  await person.press('Open the sample');
  await person.sees('Model');
  await person.press('Continue to Images');
  await person.reads('60 pictures');
  await person.press('Check the settings');
  await person.reads('No other common setting is clearly surer.');
  await person.press('Continue to Calibrate');
  await person.press('Calibrate');
  await person.reads('Calibrated on 60 pictures.');
  await person.press('Continue to Accuracy');
  await person.press('Measure accuracy');
  await person.reads('Agreement with fp32');
  await person.press('Continue to Target');
  await person.press('Build');
  await person.sees('Built');
  await person.press('Continue to Board');
  await person.press('Connect and probe');
  await person.sees('What the board says');
  await person.press('Continue to Run and report');
  await person.press('Run on the virtual board');
  await person.reads(/^Verified: all \d+ int8 blobs equal the reference bit for bit\.$/);
  await person.reads('Median');
}
