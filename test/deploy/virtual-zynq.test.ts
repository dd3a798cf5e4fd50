import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { acceleratorTarget, buildFpgaFromNetwork } from '../../core/build/fpga/build-fpga-package.ts';
import { decodePackage } from '../../core/build/package/read.ts';
import { encodePackage } from '../../core/build/package/write.ts';
import { RTL_FOLDER } from '../../core/cli/commands/build-fpga.ts';
import { readSources } from '../../core/cli/commands/build-sources.ts';
import { SIMULATION_FOLDER } from '../../core/cli/simulation.ts';
import { npyToTensor, readNpy } from '../../core/common/npy.ts';
import { deploy, type DeployOptions } from '../../core/deploy/deploy.ts';
import { packageNeeds } from '../../core/deploy/package-needs.ts';
import { hasSimulation } from '../../core/deploy/virtual/simulated-accelerator.ts';
import { createReport, reportJson } from '../../core/report/create.ts';
import { parseReport } from '../../core/report/read.ts';
import type { Report } from '../../core/report/schema.ts';
import { cortado } from '../support/cli.ts';
import { hasTestData, repositoryRoot, sample, temporaryFolder, testData } from '../support/paths.ts';

const agent = join(repositoryRoot, 'resources/agents/x86_64/cortado-agent');
const isSimulated =
  existsSync(agent) &&
  (await Promise.all(['pynq-z1', 'zybo-z7-10'].map((board) => hasSimulation(SIMULATION_FOLDER, board)))).every(Boolean);
const folder = temporaryFolder();

interface Source {
  readonly proto: string;
  readonly model: string;
  readonly table: string;
}

async function calibrated(name: string, files: Omit<Source, 'table'>, images: string, flags: readonly string[] = []) {
  const table = join(folder, `${name}.table`);
  const { proto, model } = files;
  const words = ['calibrate', '--proto', proto, '--model', model, '--images', images, '--output', table, ...flags];
  expect(await cortado(words)).toMatchObject({ code: 0 });
  return { ...files, table };
}

async function packageFor(board: string, source: Source): Promise<string> {
  const output = join(folder, `${board}-${source.table.replace(/.*\//, '')}.cortado`);
  const sources = await readSources({ ...source, output }, new AbortController().signal);
  const built = await buildFpgaFromNetwork({ ...sources, target: acceleratorTarget(board), rtlFolder: RTL_FOLDER });
  await writeFile(output, built.bytes);
  return output;
}

async function deployed(packagePath: string, accelerator?: string, changes: Partial<DeployOptions> = {}) {
  const outputFolder = join(folder, `out-${accelerator ?? 'none'}`);
  const run = await deploy({
    board: { kind: 'virtual', ...(accelerator === undefined ? {} : { accelerator }) },
    packagePath,
    needs: await packageNeeds(packagePath),
    agentFor: (architecture) =>
      architecture === 'x86_64' ? Promise.resolve(agent) : Promise.reject(new Error('not wanted here')),
    simulationFolder: SIMULATION_FOLDER,
    outputFolder,
    settings: accelerator === undefined ? { iterations: 2, warmup: 0 } : {},
    ...changes,
  });
  const output = npyToTensor(await readNpy(join(outputFolder, 'output.npy'))).data;
  return { report: createReport(run), output: [...output] };
}

function acceleratorOf({ accelerator }: Report): NonNullable<Report['accelerator']> {
  if (accelerator === null) throw new Error('the report has no accelerator');
  return accelerator;
}

describe.skipIf(!isSimulated)('the sample on a virtual Zynq', () => {
  let source: Source;
  let pynq: string;

  beforeAll(async () => {
    const files = { proto: join(sample, 'deploy.prototxt'), model: join(sample, 'digits.caffemodel') };
    source = await calibrated('digits', files, join(sample, 'images'));
    pynq = await packageFor('pynq-z1', source);
  });

  it('gives a report of the accelerator, and the processor’s own answers', async () => {
    const { report, output } = await deployed(pynq, 'pynq-z1');
    const onProcessor = await deployed(pynq);
    expect(output).toEqual(onProcessor.output);
    expect(parseReport(reportJson(report), 'r.json')).toEqual(report);

    const counted = acceleratorOf(report);
    expect(counted).toMatchObject({ simulated: true, part: 'xc7z020', clockHz: 100e6, programs: 1, operations: 15 });
    expect(report.run.backend).toBe('fpga');
    expect(report.latency.samplesNs).toEqual([counted.cycles * 10]);
    expect(Math.abs(counted.estimatedCycles / counted.cycles - 1)).toBeLessThan(0.1);
    expect(counted.arrayActiveCycles).toBeLessThan(counted.cycles);
    expect(counted.arrayActiveCycles * counted.macsPerCycle).toBeGreaterThanOrEqual(counted.macs);
    // Weights and the picture cross memory, and little else.
    expect(counted.readBytes + counted.writeBytes).toBeLessThan(1.1 * counted.estimatedBytes);

    const cycles = (report.layers ?? []).map((layer) => layer.cycles);
    const sum = cycles.reduce<number>((total, each) => total + (each ?? 0), 0);
    expect(sum).toBeGreaterThan(0.9 * counted.cycles);
    expect(report.layers?.filter((layer) => layer.cycles === null).map(({ layer }) => layer)).toEqual(['prob']);
    expect(report.warnings).toEqual([]);
  });

  it('waits less for a memory that is faster', async () => {
    const slow = acceleratorOf((await deployed(pynq, 'pynq-z1')).report);
    const fast = acceleratorOf((await deployed(pynq, 'zedboard')).report);
    expect(fast.memoryBytesPerSecond).toBe(3e9);
    expect(fast.cycles).toBeLessThan(slow.cycles);
  });

  it('runs on the smaller part alike', async () => {
    const { report, output } = await deployed(await packageFor('zybo-z7-10', source), 'zybo-z7-10');
    expect(acceleratorOf(report)).toMatchObject({ part: 'xc7z010', macsPerCycle: 128 });
    expect(output).toEqual((await deployed(pynq)).output);
  });

  it('runs on the processor where there is no accelerator, and where it is another, and says why', async () => {
    const none = await deployed(pynq);
    const other = await deployed(pynq, 'zybo-z7-10');
    expect(none.report.accelerator).toBeNull();
    expect(other.report.accelerator).toBeNull();
    expect(other.output).toEqual(none.output);
    expect(none.report.run.backend).toBe('reference');
    expect(none.report.warnings.join()).toContain('The processor runs everything');
    expect(other.report.warnings.join()).toContain("The package's programs are for xc7z020, and the board has xc7z010");
    await expect(deployed(pynq, 'zybo-z7-10', { settings: { backend: 'fpga' } })).rejects.toMatchObject({
      code: 'fpga.part',
    });
  });

  it('refuses a program that would leave its memory, before it runs', async () => {
    const model = decodePackage(await readFile(pynq));
    if (model.accelerator === undefined) throw new Error('the package has no accelerator');
    const [run] = model.accelerator.runs;
    const program = Uint8Array.from(run.program);
    const store = Array.from({ length: program.length / 16 }, (_, index) => index * 16).find(
      (at) => (program[at] & 15) === 12,
    );
    // Bits 49:48 of an instruction are its base register: the constants instead of the blobs.
    program[(store ?? 0) + 6] |= 1;
    const accelerator = { ...model.accelerator, runs: [{ ...run, program }] };
    const damaged = join(folder, 'damaged.cortado');
    await writeFile(damaged, encodePackage({ ...model, accelerator }));
    await expect(deployed(damaged, 'pynq-z1')).rejects.toMatchObject({
      code: 'package.damaged',
      message: expect.stringContaining('stores outside of its blobs') as unknown,
    });
  });

  it('can be cancelled in the middle', async () => {
    const controller = new AbortController();
    await expect(
      deployed(pynq, 'pynq-z1', {
        signal: controller.signal,
        settings: { iterations: 1_000 },
        onEvent: (event) => {
          if (event.kind === 'agent' && event.event.event === 'sample') controller.abort(new Error('enough'));
        },
      }),
    ).rejects.toThrow('enough');
  });

  it('says how to build the simulation where there is none', async () => {
    await expect(deployed(pynq, 'pynq-z1', { simulationFolder: folder })).rejects.toMatchObject({
      code: 'fpga.no-simulation',
      advice: expect.stringContaining('npm run fpga:simulator') as unknown,
    });
  });

  it('is reached from the command line: build, run, deploy', async () => {
    const output = join(folder, 'cli.cortado');
    const { proto, model, table } = source;
    const files = ['--proto', proto, '--model', model, '--table', table, '--output', output];
    const built = await cortado(['build', 'fpga', ...files, '--board', 'pynq-z2', '--clock', '150', '--json']);
    expect(built.code, built.stderr).toBe(0);
    expect(JSON.parse(built.stdout)).toMatchObject({ board: 'pynq-z2', part: 'xc7z020', clockHz: 150e6, programs: 1 });

    const ran = await cortado(['run', output, '--backend', 'fpga', '--json']);
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout)).toContainEqual(
      expect.objectContaining({ event: 'done', accelerator: expect.objectContaining({ clockHz: 150e6 }) as unknown }),
    );

    const report = await cortado(['deploy', output, '--board', 'virtual:pynq-z2', '--json']);
    expect(report.code, report.stderr).toBe(0);
    expect(JSON.parse(report.stdout)).toMatchObject({ accelerator: { simulated: true, clockHz: 150e6 } });
  }, 60_000);

  it.skipIf(!hasTestData)(
    'runs LeNet',
    async () => {
      const files = {
        proto: join(testData, 'models/lenet_mnist/deploy.prototxt'),
        model: join(testData, 'models/lenet_mnist/weights.caffemodel'),
      };
      const gray = ['--channels', 'gray', '--norm', '0.00390625'];
      const lenet = await calibrated('lenet', files, join(testData, 'images/mnist'), gray);
      const packagePath = await packageFor('pynq-z1', lenet);
      const { report, output } = await deployed(packagePath, 'pynq-z1');
      expect(acceleratorOf(report).cycles).toBeGreaterThan(1_000);
      expect(output).toEqual((await deployed(packagePath)).output);
    },
    120_000,
  );
});
