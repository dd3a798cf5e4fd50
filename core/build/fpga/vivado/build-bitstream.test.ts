import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Progress } from '../../../common/progress.ts';
import { rtlFingerprint } from '../rtl-fingerprint.ts';
import { parseBitstream } from './bitstream-file.ts';
import { acceptBitstream, buildBitstream } from './build-bitstream.ts';
import { bitFile } from './testing/bit-file.ts';

const FPGA = resolve(import.meta.dirname, '../../../../native/fpga');

let folder: string;
let design: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cortado-bitstream-'));
  const fingerprint = await rtlFingerprint(join(FPGA, 'rtl'), 'xc7z020');
  design = `cortado_wrapper;UserID=0X${fingerprint.toString(16).padStart(8, '0').toUpperCase()};Version=2023.1`;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function given(bytes: Uint8Array): string {
  const file = join(folder, 'given.bit');
  writeFileSync(file, bytes);
  return file;
}

const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('a bitstream from elsewhere', () => {
  test('is accepted if it is the accelerator for this board', async () => {
    const header = await acceptBitstream(given(bitFile('7z020clg400', design)), 'pynq-z1', FPGA);
    expect(header).toMatchObject({ design: 'cortado_wrapper', part: '7z020clg400', date: '2026/01/31', bytes: 256 });
  });

  test.each([
    ['bitstream.part', '7z010clg400', undefined],
    ['bitstream.foreign', '7z020clg400', 'base_wrapper;UserID=0XFFFFFFFF'],
    ['bitstream.foreign', '7z020clg400', 'cortado_wrapper'],
    ['bitstream.fingerprint', '7z020clg400', 'cortado_wrapper;UserID=0X00000001'],
  ])('is refused with %s', async (code, part, other) => {
    const file = given(bitFile(part, other ?? design));
    await expect(acceptBitstream(file, 'zedboard', FPGA)).rejects.toThrow(refusal(code));
  });

  test('is refused when cut off anywhere, or longer', () => {
    const whole = bitFile('7z020clg400', design);
    for (let length = 0; length < whole.length; length += 1)
      expect(() => parseBitstream(whole.subarray(0, length), 'a.bit')).toThrow(refusal('bitstream.damaged'));
    expect(() => parseBitstream(Buffer.concat([whole, whole]), 'a.bit')).toThrow(refusal('bitstream.damaged'));
  });

  test('is refused without a configuration in it', () => {
    const asleep = bitFile('7z020clg400', design);
    asleep[asleep.length - 256 + 32] = 0;
    expect(() => parseBitstream(asleep, 'a.bit')).toThrow(refusal('bitstream.damaged'));
  });
});

/** A program in Vivado's place that does what a shell script says. */
function vivado(script: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'vivado'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'vivado'), 0o755);
  return bin;
}

describe('building', () => {
  const build = { board: 'pynq-z1', fpgaFolder: FPGA };

  test('without Vivado, the command for a computer that has it is told', async () => {
    const missing = buildBitstream({ ...build, outputFolder: join(folder, 'out'), path: '' });
    await expect(missing).rejects.toThrow(refusal('vivado.missing'));
    const { advice } = (await missing.catch((error: unknown) => error)) as { advice: string };
    expect(advice).toMatch(
      /vivado -mode batch .*build\.tcl -tclargs pynq-z1 -output .* -clock 100 -fingerprint [0-9a-f]{8}/,
    );
    expect(advice).toContain('cortado build bitstream --board pynq-z1 --check cortado-pynq-z1.bit');
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  test('with Vivado: progress, the checked file, its reports', async () => {
    const file = given(bitFile('7z020clg400', design));
    const path = vivado(`
      echo "CORTADO_STEP 3 of 8: synthesis"
      cp ${file} cortado-pynq-z1.bit
      printf '| Site Type | Used | Available |\\n| Slice LUTs | 1 | 2 |\\n| Slice Registers | 3 | 4 |\\n| Block RAM Tile | 5.5 | 6 |\\n| DSPs | 7 | 8 |\\n' > utilisation.rpt
      printf ' WNS(ns)  WHS(ns)  WPWS(ns)\\n -------  -------  --------\\n 0.5  0.1  1.0\\n' > timing.rpt`);
    const seen: Progress[] = [];
    const outputFolder = join(folder, 'out');
    const built = await buildBitstream({ ...build, outputFolder, path, onProgress: (each) => seen.push(each) });
    expect(built.file).toBe(join(outputFolder, 'cortado-pynq-z1.bit'));
    expect(built.utilisation.blockRams).toEqual({ used: 5.5, available: 6 });
    expect(built.timing).toMatchObject({ setupSlackNs: 0.5, met: true });
    expect(seen).toMatchObject([{ done: 2, total: 8, detail: 'synthesis' }]);
  });

  test("the script's own reason is told", async () => {
    const path = vivado('echo "CORTADO_ERROR the design misses its clock" >&2; exit 1');
    await expect(buildBitstream({ ...build, outputFolder: folder, path })).rejects.toThrow(
      'Vivado could not build it: the design misses its clock.',
    );
  });

  test("without one, Vivado's last words", async () => {
    const path = vivado('echo "ERROR: no licence"; exit 2');
    const failed: unknown = await buildBitstream({ ...build, outputFolder: folder, path }).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 'vivado.failed', advice: 'Its last words:\nERROR: no licence' });
  });

  test('a bitstream for another part is not taken for a success', async () => {
    const path = vivado(`cp ${given(bitFile('7z010clg400', design))} cortado-pynq-z1.bit`);
    await expect(buildBitstream({ ...build, outputFolder: folder, path })).rejects.toThrow(refusal('bitstream.part'));
  });

  test('when aborted, Vivado and what it started end', async () => {
    const path = vivado('sleep 600 & echo "CORTADO_STEP 1 of 8: sources"; wait');
    const controller = new AbortController();
    const reason = new Error('enough');
    const building = buildBitstream({
      ...build,
      outputFolder: folder,
      path: `${path}:/bin:/usr/bin`,
      signal: controller.signal,
      onProgress: () => {
        controller.abort(reason);
      },
    });
    await expect(building).rejects.toBe(reason);
  });
});
