import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { rtlFingerprint } from '../../core/build/fpga/rtl-fingerprint.ts';
import { bitFile } from '../../core/build/fpga/vivado/testing/bit-file.ts';
import { decodePackage } from '../../core/build/package/read.ts';
import { RTL_FOLDER } from '../../core/cli/commands/build-fpga.ts';
import { cortado, type CliResult } from '../support/cli.ts';
import { sample, temporaryFolder } from '../support/paths.ts';

const folder = temporaryFolder();
const proto = join(sample, 'deploy.prototxt');
const model = join(sample, 'digits.caffemodel');
const table = join(folder, 'digits.table');
const packageFile = join(folder, 'digits.cortado');
const nowhere = { CORTADO_FPGA_SIMULATION: join(folder, 'nowhere') };

/** A flag with no values is left out. */
function build(changes: Readonly<Record<string, readonly string[]>> = {}): Promise<CliResult> {
  const output = [join(folder, 'must-not-exist')];
  const flags = { proto: [proto], model: [model], table: [table], board: ['pynq-z1'], output, ...changes };
  const words = Object.entries(flags).flatMap(([name, values]) =>
    values.length === 0 ? [] : [`--${name}`, ...values],
  );
  return cortado(['build', 'fpga', ...words]);
}

beforeAll(async () => {
  const images = join(sample, 'images');
  expect(
    await cortado(['calibrate', '--proto', proto, '--model', model, '--images', images, '--output', table]),
  ).toMatchObject({ code: 0 });
});

describe('cortado build fpga', () => {
  test('writes a package for both sides, and prints the plan', async () => {
    const built = await build({ output: [packageFile] });
    expect(built.code, built.stderr).toBe(0);
    expect(built.stdout).toMatch(/conv1 +convolution +112896 +\d+ +\d+ +accelerator/);
    expect(built.stdout).toMatch(/prob +softmax .* processor: it computes in float/);
    expect(built.stdout).toMatch(/Estimated on pynq-z1 \(1\.5 GB\/s of memory\): \d+ cycles/);
    const { fingerprint, accelerator, network } = decodePackage(await readFile(packageFile));
    expect(fingerprint.target).toBe('fpga');
    expect(fingerprint.bitstream).toMatch(/^xc7z020-[0-9a-f]{8}$/);
    expect(accelerator?.runs[0].operations).toBe(network.operations.length - 1);
  });

  test('refuses what it cannot build, by name, and writes nothing', async () => {
    const layers = (await readFile(proto, 'utf8')).matchAll(/name: "([^"]+)"\s+type: "(?:Convolution|InnerProduct)"/g);
    const everything = [...layers].map(([, name]) => name);
    const before = await readdir(folder);
    for (const [changes, words] of [
      [{ table: [] }, 'no scale table is given'],
      [{ clock: ['900'] }, 'cannot run at 900 MHz'],
      [{ board: ['raspberry-pi-4'] }, 'pynq-z1'],
      [{ 'keep-float': everything }, 'No layer of this network can run on the accelerator: it computes in float'],
    ] as const) {
      const { code, stdout, stderr } = await build(changes);
      expect(code, words).not.toBe(0);
      expect(stdout).toBe('');
      expect(stderr).toContain(words);
      expect(stderr).not.toContain('defect of Cortado');
    }
    expect(await readdir(folder)).toEqual(before);
  });
});

describe('the bitstream of cortado build fpga', () => {
  const design = (fingerprint: number): string =>
    `cortado_wrapper;UserID=0X${fingerprint.toString(16).padStart(8, '0').toUpperCase()};Version=2023.1`;
  const given = join(folder, 'given.bit');

  test('one of these sources is taken, and described', async () => {
    await writeFile(given, bitFile('7z020clg400', design(await rtlFingerprint(RTL_FOLDER, 'xc7z020'))));
    const built = await build({ output: [packageFile], bitstream: [given] });
    expect(built.code, built.stderr).toBe(0);
    expect(built.stdout).toContain(`Bitstream ${given}: cortado_wrapper for 7z020clg400`);
  });

  test('one of other sources is refused before anything is written', async () => {
    await writeFile(given, bitFile('7z020clg400', design(1)));
    const before = await readdir(folder);
    const { code, stdout, stderr } = await build({ bitstream: [given] });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(given);
    expect(await readdir(folder)).toEqual(before);
  });

  test('without Vivado the package is made, and what to run elsewhere is said', async () => {
    const { code, stderr } = await build({ output: [packageFile] });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('There is no Vivado on the PATH, so no bitstream was made.');
    expect(stderr).toContain('-source vivado/build.tcl -tclargs pynq-z1');
  });
});

describe('without the simulation', () => {
  test.each([
    ['run', ['run', packageFile, '--backend', 'fpga']],
    ['deploy', ['deploy', packageFile, '--board', 'virtual:pynq-z1']],
  ])('%s says how to build it', async (_, words) => {
    const { code, stderr } = await cortado(words, { env: nowhere });
    expect(code).toBe(1);
    expect(stderr).toContain('The simulation of the accelerator of pynq-z1 has not been built');
    expect(stderr).toContain('npm run fpga:simulator');
  });

  test('a package without programs is told apart', async () => {
    const plain = join(folder, 'plain.cortado');
    const words = ['build', 'neon', '--proto', proto, '--model', model, '--table', table, '--output', plain];
    expect(await cortado(words)).toMatchObject({ code: 0 });
    const { stderr } = await cortado(['run', plain, '--backend', 'fpga'], { env: nowhere });
    expect(stderr).toContain('The package holds no programs for an accelerator');
  });
});
