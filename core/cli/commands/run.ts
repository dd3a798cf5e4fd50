import { Option, type Command } from 'commander';
import { rename, rm } from 'node:fs/promises';
import { readPackage } from '../../build/package/read.ts';
import type { PackageAccelerator } from '../../build/package/accelerator.ts';
import { CortadoError } from '../../common/errors.ts';
import { runLocalAgent } from '../../deploy/agent/local-agent.ts';
import type { AgentEvent, DoneEvent, OutputEvent } from '../../deploy/agent/events.ts';
import { hostArchitecture } from '../../deploy/architecture.ts';
import { simulatedAccelerator } from '../../deploy/virtual/simulated-accelerator.ts';
import { agentPath, findCommand } from '../agents.ts';
import { parseCount } from '../options.ts';
import { SIMULATION_FOLDER } from '../simulation.ts';
import { note, print } from '../terminal.ts';

interface RunFlags {
  readonly input?: string;
  readonly output?: string;
  readonly backend?: 'reference' | 'neon' | 'fpga';
  readonly iterations: number;
  readonly threads?: number;
  readonly json?: true;
}

/** Which agent runs a package here, and in what. */
interface LocalAgent {
  readonly agent: string;
  readonly runner: readonly string[];
  readonly backend: 'reference' | 'neon' | 'fpga';
  readonly environment?: Readonly<Record<string, string>>;
}

export function addRunCommand(program: Command, signal: AbortSignal): void {
  program
    .command('run')
    .description('verifies and runs a package on this machine')
    .argument('<package>', 'what "cortado build" wrote')
    .option('--input <file>', '.npy to run instead of the golden input: float32 used as it is, uint8 pixels')
    .option('--output <file>', 'where the first output is written as .npy; further ones get .1, .2, … before .npy')
    .addOption(
      new Option(
        '--backend <name>',
        'reference, neon (under qemu-user where this is no ARM machine), or fpga (simulated); the fastest if absent',
      ).choices(['reference', 'neon', 'fpga']),
    )
    .option('--iterations <count>', 'timed runs', parseCount, 1)
    .option('--threads <count>', 'threads of the engine', parseCount)
    .option('--json', "print the agent's events as JSON")
    .action((path: string, flags: RunFlags) => run(path, flags, signal));
}

async function run(path: string, flags: RunFlags, signal: AbortSignal): Promise<void> {
  const { accelerator } = await readPackage(path);
  const local = await localAgent(flags.backend, accelerator);
  // The agent writes beside the target, so that an interrupted run leaves nothing under the name asked for.
  const temporary = flags.output === undefined ? undefined : `${flags.output}.${process.pid}.part.npy`;
  const events: AgentEvent[] = [];
  const outputs: OutputEvent[] = [];
  try {
    await runLocalAgent({
      ...local,
      words: [
        ...['run', path, '--backend', local.backend, '--iterations', String(flags.iterations), '--warmup', '0'],
        ...(flags.threads === undefined ? [] : ['--threads', String(flags.threads)]),
        ...(flags.input === undefined ? [] : ['--input', flags.input]),
        ...(temporary === undefined ? [] : ['--output', temporary]),
      ],
      signal,
      onEvent: (event) => {
        events.push(event);
        if (event.event === 'output') outputs.push(event);
      },
    });
    if (temporary !== undefined && flags.output !== undefined) await keepOutputs(outputs, temporary, flags.output);
  } finally {
    for (const { file } of outputs) if (file !== null) await rm(file, { force: true });
  }
  if (flags.json === true) print(JSON.stringify(events, null, 2));
  else describe(events, local);
}

async function keepOutputs(outputs: readonly OutputEvent[], temporary: string, wanted: string): Promise<void> {
  const stem = temporary.replace(/\.npy$/, '');
  const wantedStem = wanted.replace(/\.npy$/, '');
  for (const { file } of outputs) {
    if (file === null) continue;
    const suffix = file.slice(stem.length).replace(/\.npy$/, '');
    await rename(file, suffix === '' ? wanted : `${wantedStem}${suffix}.npy`);
  }
}

async function localAgent(
  wanted: RunFlags['backend'],
  accelerator: PackageAccelerator | undefined,
): Promise<LocalAgent> {
  const host = hostArchitecture();
  if (wanted === 'fpga' && accelerator !== undefined && host !== null) {
    const { folder } = await simulatedAccelerator(SIMULATION_FOLDER, accelerator.board);
    return {
      agent: await agentPath(host),
      runner: [],
      backend: 'fpga',
      environment: { CORTADO_FPGA_SIMULATION: folder },
    };
  }
  const isArm = host === 'aarch64' || host === 'armv7';
  const backend = wanted ?? (isArm ? 'neon' : 'reference');
  if (host !== null && (isArm || backend === 'reference')) return { agent: await agentPath(host), runner: [], backend };
  if (wanted === 'fpga' && accelerator === undefined) {
    throw new CortadoError(
      'run.no-programs',
      'The package holds no programs for an accelerator.',
      'Build it with "cortado build fpga", or leave --backend out.',
      { location: { field: '--backend' } },
    );
  }
  if (host === null && backend !== 'neon') {
    throw new CortadoError(
      'run.host',
      `Packages cannot run on this computer (${process.platform}, ${process.arch}): there is no agent for it.`,
      'Run them on a board with "cortado deploy", or use Linux.',
    );
  }
  const emulator = (await findCommand('qemu-aarch64')) ?? (await findCommand('qemu-aarch64-static'));
  if (emulator === null) {
    throw new CortadoError(
      'run.emulator',
      'The NEON backend needs an ARM processor, and no emulator of one was found.',
      'Install qemu-user (Debian: apt-get install qemu-user), or use --backend reference.',
      { location: { field: '--backend' } },
    );
  }
  return { agent: await agentPath('aarch64'), runner: [emulator, '-cpu', 'max'], backend };
}

function describe(events: readonly AgentEvent[], local: LocalAgent): void {
  for (const event of events) {
    switch (event.event) {
      case 'loaded':
        note(`${event.name}: ${event.fingerprint.precision}, backend ${event.backend}, ${event.threads} thread(s)`);
        break;
      case 'verified':
        note(
          `Verified: ${event.int8Blobs} int8 blobs bit for bit, ${event.floatOutputs.length} float outputs within tolerance.`,
        );
        break;
      case 'output':
        print(`${event.name} (${event.shape.join('x')})`);
        for (const { index, value, label } of event.top)
          print(`  ${index}${label === null ? '' : ` ${label}`}: ${value.toPrecision(6)}`);
        break;
      case 'done': {
        const milliseconds = event.latenciesNs.map((latency) => latency / 1e6).sort((a, b) => a - b);
        const median = milliseconds[Math.floor((milliseconds.length - 1) / 2)];
        const emulated = local.runner.length > 0 ? ' (emulated: the time means nothing)' : '';
        const simulated = event.accelerator === null ? '' : simulatedText(event.accelerator);
        note(`${milliseconds.length} runs, median ${median.toFixed(3)} ms${emulated}${simulated}`);
        break;
      }
      default:
        break;
    }
  }
}

function simulatedText({ cycles, clockHz, readBytes, writeBytes }: NonNullable<DoneEvent['accelerator']>): string {
  return ` on the simulated accelerator: ${cycles} cycles at ${clockHz / 1e6} MHz, ${readBytes + writeBytes} bytes over memory; without the processor's part`;
}
