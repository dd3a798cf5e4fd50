import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rtlFingerprint } from '../../../core/build/fpga/rtl-fingerprint.ts';
import { bitFile } from '../../../core/build/fpga/vivado/testing/bit-file.ts';
import { INITIAL_DECISIONS } from '../../../core/project/schema.ts';
import { bitstreamCommandSchema, checkedBitstreamSchema } from '../../shared/schemas/results.ts';
import { bitstreamToLoad } from '../bitstream-to-load.ts';
import { openSampleProject, type SampleProject } from '../sample-project.testing.ts';
import { bitstreamQueries } from './bitstream.ts';

let open: SampleProject;
let folder: string;
let file: string;
beforeAll(async () => {
  open = await openSampleProject();
  folder = await mkdtemp(join(tmpdir(), 'cortado-bitstream-'));
  file = join(folder, 'given.bit');
});
afterAll(async () => {
  await open.remove();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  const fingerprint = await rtlFingerprint(open.session.rtlFolder, 'xc7z020');
  await writeFile(
    file,
    bitFile('7z020clg400', `cortado_wrapper;UserID=0X${fingerprint.toString(16).padStart(8, '0')}`),
  );
  await decide({ board: 'pynq-z1', backend: 'fpga', bitstream: file });
});

const decide = (target: Partial<typeof INITIAL_DECISIONS.target>): Promise<void> =>
  open.session.project.decide({ step: 'target', change: { ...INITIAL_DECISIONS.target, ...target } });
const check = async () =>
  v.parse(checkedBitstreamSchema, await bitstreamQueries(open.engine)['bitstream.check']({ path: file }));
const report = (name: string, lines: readonly string[]): Promise<void> =>
  writeFile(join(folder, name), lines.join('\n'));
const utilisation = (device: string): readonly string[] => [
  `| Device       : ${device}`,
  '| Site Type | Used | Available |',
  ...['| Slice LUTs | 1 | 2 |', '| Slice Registers | 3 | 4 |', '| Block RAM Tile | 5.5 | 6 |', '| DSPs | 7 | 8 |'],
];
const timing = [' WNS(ns)  WHS(ns)  WPWS(ns)', ' -------  -------  --------', ' -0.5  0.1  1.0'];

describe('the check of a bitstream', () => {
  it('takes one that fits the board, without reports', async () => {
    expect(await check()).toMatchObject({
      header: { part: '7z020clg400', bytes: 256 },
      utilisation: null,
      timing: null,
      notes: [],
    });
  });

  it('tells the reports beside it', async () => {
    await report('utilisation.rpt', utilisation('xc7z020clg400-1'));
    await report('timing.rpt', timing);
    expect(await check()).toMatchObject({
      utilisation: { blockRams: { used: 5.5, available: 6 } },
      timing: { setupSlackNs: -0.5, met: false },
      notes: [],
    });
  });

  it('passes over reports of another part and other files, and says so', async () => {
    await report('utilisation.rpt', utilisation('7z010clg400-1'));
    await report('timing.rpt', ['nothing of the kind']);
    const { utilisation: found, timing: slack, notes } = await check();
    expect([found, slack]).toEqual([null, null]);
    expect(notes).toEqual([
      expect.stringContaining('timing.rpt: This is not a report'),
      'utilisation.rpt: It is of another part, 7z010clg400-1.',
    ]);
  });

  it('refuses one for another board', async () => {
    await decide({ board: 'zybo-z7-10' });
    await expect(check()).rejects.toMatchObject({ code: 'bitstream.part' });
  });
});

it('what to run for a bitstream is told, to be run here or elsewhere', async () => {
  const command = v.parse(bitstreamCommandSchema, await bitstreamQueries(open.engine)['bitstream.command'](undefined));
  expect(command.command).toMatch(
    /vivado .*build\.tcl -tclargs pynq-z1 -output .* -clock 100 -fingerprint [0-9a-f]{8}$/,
  );
  expect(command.file).toMatch(/cortado-pynq-z1\.bit$/);
});

describe('the bitstream that a run takes to the board', () => {
  it('is the chosen one, which the run rests on', async () => {
    expect(await bitstreamToLoad(open.session, 'ssh')).toBe(file);
    const { run, target } = await open.session.inputs();
    await decide({ board: 'pynq-z1', backend: 'fpga' });
    const without = await open.session.inputs();
    expect(without.run).not.toEqual(run);
    expect(without.target).toEqual(target);
    expect(await bitstreamToLoad(open.session, 'ssh')).toBeUndefined();
  });

  it('is none for a virtual board or the processor', async () => {
    expect(await bitstreamToLoad(open.session, 'virtual')).toBeUndefined();
    await decide({ board: 'pynq-z1', backend: 'neon', bitstream: file });
    expect(await bitstreamToLoad(open.session, 'ssh')).toBeUndefined();
  });

  it('is checked once more', async () => {
    await writeFile(file, bitFile('7z020clg400', 'cortado_wrapper;UserID=0X00000001'));
    await expect(bitstreamToLoad(open.session, 'ssh')).rejects.toMatchObject({ code: 'bitstream.fingerprint' });
  });

  it('is missed in its step as soon as it is gone', async () => {
    await rm(file);
    const target = async () => (await open.view()).steps.find(({ step }) => step === 'target');
    expect(await target()).toMatchObject({ state: 'attention', reasons: ['missing.bitstream'] });
    await decide({ board: 'pynq-z1', backend: 'neon', bitstream: file });
    expect((await target())?.reasons).not.toContain('missing.bitstream');
  });
});
