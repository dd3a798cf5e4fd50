import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceleratorTarget, buildFpgaFromNetwork } from '../../core/build/fpga/build-fpga-package.ts';
import { rtlFingerprint } from '../../core/build/fpga/rtl-fingerprint.ts';
import { bitFile } from '../../core/build/fpga/vivado/testing/bit-file.ts';
import { RTL_FOLDER } from '../../core/cli/commands/build-fpga.ts';
import { readSources } from '../../core/cli/commands/build-sources.ts';
import { agentPath } from '../../core/cli/agents.ts';
import type { ProbeEvent } from '../../core/deploy/agent/events.ts';
import type { BoardRun } from '../../core/deploy/board-run.ts';
import { deploy } from '../../core/deploy/deploy.ts';
import { packageNeeds } from '../../core/deploy/package-needs.ts';
import { createReport } from '../../core/report/create.ts';
import { reportText } from '../../core/report/text.ts';
import { cortado } from '../support/cli.ts';
import { hasBoards, sample, temporaryFolder } from '../support/paths.ts';
import { startEmulatedBoard } from './emulated-board.ts';
import type { EmulatedBoard } from './emulated-board.ts';

/** A Zynq with Linux's FPGA manager and no logic behind it: what the agent finds there, and what it does without an accelerator. */
describe.skipIf(!hasBoards)('an emulated Zynq', () => {
  const folder = temporaryFolder();
  let board: EmulatedBoard;
  let packagePath: string;
  let probe: ProbeEvent | undefined;

  beforeAll(async () => {
    board = await startEmulatedBoard('zynq');
    const files = { proto: join(sample, 'deploy.prototxt'), model: join(sample, 'digits.caffemodel') };
    const table = join(folder, 'digits.table');
    const words = ['--proto', files.proto, '--model', files.model, '--images', join(sample, 'images')];
    expect(await cortado(['calibrate', ...words, '--output', table])).toMatchObject({ code: 0 });
    packagePath = join(folder, 'digits.cortado');
    const sources = await readSources({ ...files, table, output: packagePath }, new AbortController().signal);
    const target = acceleratorTarget('pynq-z1');
    const { bytes } = await buildFpgaFromNetwork({ ...sources, target, rtlFolder: RTL_FOLDER });
    await writeFile(packagePath, bytes);
  }, 400_000);

  afterAll(async () => {
    await board.stop();
  });

  async function bitstream(part: string, userId?: number): Promise<string> {
    const fingerprint = userId ?? (await rtlFingerprint(RTL_FOLDER, 'xc7z020'));
    const file = join(folder, `${part}.bit`);
    const design = `cortado_wrapper;UserID=0X${fingerprint.toString(16).padStart(8, '0')};Version=2023.1`;
    await writeFile(file, bitFile(part, design, 4096));
    return file;
  }

  async function run(backend: 'auto' | 'fpga', bitstreamPath?: string): Promise<BoardRun> {
    return deploy({
      board: { kind: 'ssh', user: 'root', host: '127.0.0.1', port: board.port },
      packagePath,
      bitstreamPath,
      needs: await packageNeeds(packagePath),
      agentFor: agentPath,
      credentials: { password: 'cortado' },
      hostKeys: {
        userKnownHosts: null,
        projectKnownHosts: join(folder, 'known_hosts'),
        askHostKey: () => Promise.resolve(true),
      },
      settings: { iterations: 2, warmup: 0, backend },
      onEvent: (event) => {
        if (event.kind === 'agent' && event.event.event === 'probe') probe = event.event;
      },
    });
  }

  test('is recognised, and NEON runs the package where no bitstream was given', async () => {
    const ran = await run('auto');
    expect(probe).toMatchObject({
      system: { machine: 'armv7l', model: 'Xilinx ZC702 board' },
      fpga: { manager: 'Xilinx Zynq FPGA Manager', part: 'xc7z020', uio: [], buffers: [] },
    });
    expect(ran.fallback).toMatchObject({ code: 'fpga.bitstream.missing' });
    expect(ran.loaded.backend).toBe('neon');
    expect(ran.loaded.kernels.map(({ kernel }) => kernel).join()).toMatch(/_armv7/);
    // All int8 blobs are the builder's, bit for bit.
    expect(ran.verified.int8Blobs).toBeGreaterThan(0);
    const text = reportText(createReport(ran));
    expect(text).toContain('xc7z020');
    expect(text).toContain('no bitstream was given');
  });

  test('refuses a bitstream for another part before it reaches the FPGA manager', async () => {
    const other = await bitstream('7z010clg400');
    await expect(run('fpga', other)).rejects.toMatchObject({
      code: 'fpga.bitstream.part',
      message: 'The bitstream is for another part: 7z010clg400 in place of xc7z020.',
    });
    const ran = await run('auto', other);
    expect(ran.fallback).toMatchObject({ code: 'fpga.bitstream.part' });
    expect(ran.loaded.backend).toBe('neon');
  });

  test('refuses one that was built from other sources', async () => {
    await expect(run('fpga', await bitstream('7z020clg400', 1))).rejects.toMatchObject({
      code: 'fpga.bitstream.fingerprint',
    });
  });

  test('says that its kernel takes bitstreams from overlays alone', async () => {
    const ran = await run('auto', await bitstream('7z020clg400'));
    expect(ran.fallback).toMatchObject({ code: 'fpga.manager' });
    expect(ran.fallback?.message).toContain('overlays');
    expect(ran.loaded.backend).toBe('neon');
  });

  test('by the command line', async () => {
    const address = `root@127.0.0.1:${board.port}`;
    const words = ['deploy', packagePath, '--board', address, '--known-hosts', join(folder, 'known_hosts')];
    const more = ['--backend', 'fpga', '--bitstream', await bitstream('7z010clg400'), '--password-stdin'];
    const { code, stderr } = await cortado([...words, ...more], { stdin: 'cortado\n' });
    expect(code).toBe(1);
    expect(stderr).toContain('The bitstream is for another part: 7z010clg400 in place of xc7z020.');
  });
});
