import { Option, type Command } from 'commander';
import { writeFileAtomically } from '../../common/files.ts';
import { parseBoardAddress } from '../../deploy/address.ts';
import { deploy } from '../../deploy/deploy.ts';
import { packageNeeds } from '../../deploy/package-needs.ts';
import type { DeployEvent, DeployListener } from '../../deploy/stages.ts';
import { createReport, reportJson } from '../../report/create.ts';
import { reportText } from '../../report/text.ts';
import { agentPath } from '../agents.ts';
import { credentials, defaultKnownHosts, hostKeyPolicy, type LoginFlags } from '../board-login.ts';
import { SIMULATION_FOLDER } from '../simulation.ts';
import { parseCount, parseCountOrZero } from '../options.ts';
import { note, print, progressOnStderr } from '../terminal.ts';

interface DeployFlags extends LoginFlags {
  readonly board: string;
  readonly iterations?: number;
  readonly warmup?: number;
  readonly threads?: number;
  readonly backend: 'auto' | 'reference' | 'neon' | 'fpga';
  readonly input?: string;
  readonly bitstream?: string;
  readonly outputs?: string;
  readonly keep?: true;
  readonly report?: string;
  readonly json?: true;
}

export function addDeployCommand(program: Command, signal: AbortSignal): void {
  program
    .command('deploy')
    .description('pushes a package to a board, verifies it there, runs it and reports')
    .argument('<package>', 'what "cortado build" wrote')
    .requiredOption(
      '--board <address>',
      'user@host[:port], virtual for the board inside this computer, or virtual:pynq-z1 (zybo-z7-10, …) for one with a simulated accelerator',
    )
    .option('--identity <file>', 'private key to log in with')
    .option('--password-stdin', 'the password is the first line of standard input')
    .option('--accept-host-key <fingerprint>', 'SHA256:… of a host key that is not known yet')
    .option('--known-hosts <file>', "Cortado's own known_hosts, where accepted keys are kept", defaultKnownHosts())
    .option('--iterations <count>', 'timed runs; 100 if absent, 1 on a simulated accelerator', parseCount)
    .option('--warmup <count>', 'runs before them that do not count; 10, or 0 on a simulated one', parseCountOrZero)
    .option('--threads <count>', "threads on the board; the agent's choice if absent", parseCount)
    .addOption(
      new Option('--backend <name>', 'kernels on the board')
        .choices(['auto', 'reference', 'neon', 'fpga'])
        .default('auto'),
    )
    .option('--input <file>', '.npy to run instead of the golden input')
    .option('--bitstream <file.bit>', "the accelerator's bitstream, where the board has not loaded it yet")
    .option('--outputs <folder>', "where the network's outputs are written as .npy")
    .option('--keep', 'leave agent and package on the board, so that the next run is quicker')
    .option('--report <file>', 'where the report is written as JSON')
    .option('--json', 'print the report as JSON')
    .action((path: string, flags: DeployFlags) => run(path, flags, signal));
}

async function run(path: string, flags: DeployFlags, signal: AbortSignal): Promise<void> {
  const board = parseBoardAddress(flags.board);
  const boardRun = await deploy({
    board,
    packagePath: path,
    needs: await packageNeeds(path),
    agentFor: agentPath,
    simulationFolder: SIMULATION_FOLDER,
    credentials: await credentials(flags),
    hostKeys: hostKeyPolicy(flags),
    settings: {
      iterations: flags.iterations,
      warmup: flags.warmup,
      threads: flags.threads,
      backend: flags.backend,
      profile: true,
    },
    inputPath: flags.input,
    bitstreamPath: flags.bitstream,
    outputFolder: flags.outputs,
    keep: flags.keep,
    signal,
    onEvent: deployEventsOnStderr(),
  });
  const report = createReport(boardRun);
  if (flags.report !== undefined) await writeFileAtomically(flags.report, reportJson(report));
  print(flags.json === true ? reportJson(report) : reportText(report));
  if (flags.report !== undefined) note(`Wrote ${flags.report}`);
}

/** Tells of stages, warnings and long transfers on stderr. */
export function deployEventsOnStderr(): DeployListener {
  const onProgress = progressOnStderr();
  return (event: DeployEvent) => {
    switch (event.kind) {
      case 'stage':
        if (event.status === 'running')
          note(`${event.stage}${event.detail === undefined ? '' : ` (${event.detail})`} …`);
        break;
      case 'warning':
        note(`Warning: ${event.text}`);
        break;
      case 'log':
        note(`  board: ${event.text}`);
        break;
      case 'progress':
        onProgress(event.progress);
        break;
      case 'agent':
        break;
    }
  };
}
