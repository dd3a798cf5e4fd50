import * as v from 'valibot';
import { VERSION } from '../common/version.ts';
import type { BoardRun } from '../deploy/board-run.ts';
import { REPORT_VERSION, reportSchema } from './schema.ts';
import type { Report } from './schema.ts';
import { summarise } from './statistics.ts';

/** Makes the report of what a board said. */
export function createReport(run: BoardRun): Report {
  const { loaded, verified, done, settings } = run;
  const report: Report = {
    format: 'cortado-report',
    version: REPORT_VERSION,
    tool: { name: 'cortado', version: VERSION },
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    board: boardOf(run),
    agent: { version: run.probe.agent.version, architecture: run.probe.agent.architecture },
    package: {
      file: run.package.file,
      name: loaded.name,
      bytes: run.package.bytes,
      sha256: run.package.sha256,
      formatVersion: loaded.formatVersion,
      ...loaded.fingerprint,
      operations: loaded.operations,
      macs: loaded.macs,
    },
    run: {
      backend: loaded.backend,
      threads: loaded.threads,
      warmup: settings.warmup,
      input: run.input,
      loadNs: loaded.loadNs,
      packedBytes: loaded.memory.packedBytes,
      arenaBytes: loaded.memory.arenaBytes,
      peakMemoryBytes: done.peakMemoryBytes,
      energyJoules: done.energy,
      kernels: loaded.kernels,
    },
    verification: {
      goldenInputs: verified.golden,
      int8Blobs: verified.int8Blobs,
      floatOutputs: verified.floatOutputs,
    },
    latency: { samplesNs: done.latenciesNs, summary: summarise(done.latenciesNs) },
    accelerator: acceleratorOf(run),
    layers: run.layers?.layers ?? null,
    conditions: [...run.conditions],
    outputs: run.outputs.map(({ name, shape, top }) => ({ name, shape, top })),
    warnings: [...run.warnings],
  };
  // Also drops what a newer agent said beyond the schema.
  return v.parse(reportSchema, report);
}

function acceleratorOf({ loaded, done }: BoardRun): Report['accelerator'] {
  if (loaded.accelerator === null || done.accelerator === null) return null;
  return { ...loaded.accelerator, ...done.accelerator, bitstream: loaded.fingerprint.bitstream };
}

function boardOf({ probe, nature, address, hostKey }: BoardRun): Report['board'] {
  const { system, cpu, memory, storage, fpga } = probe;
  return {
    address,
    kind: nature.virtual ? 'virtual' : 'real',
    emulated: nature.emulated,
    hostname: system.hostname,
    model: system.model,
    machine: system.machine,
    architecture: nature.architecture,
    kernel: system.kernel,
    os: system.os,
    hostKey: hostKey.fingerprint,
    totalMemoryBytes: memory.totalBytes,
    availableMemoryBytes: memory.availableBytes,
    freeStorageBytes: storage?.freeBytes ?? null,
    cpu: { count: cpu.count, online: cpu.online, cores: cpu.cores, features: cpu.features },
    fpga: fpga === null ? null : fpgaText(fpga),
  };
}

function fpgaText({ manager, part }: NonNullable<BoardRun['probe']['fpga']>): string | null {
  return manager === null || part === null ? manager : `${part} (${manager})`;
}

/** The report as the text of its file. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
