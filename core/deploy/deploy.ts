import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CortadoError } from '../common/errors.ts';
import type { Progress } from '../common/progress.ts';
import { boardAddressText } from './address.ts';
import type { BoardAddress, VirtualAddress } from './address.ts';
import type { ProbeEvent } from './agent/events.ts';
import { callAgent } from './agent/remote-agent.ts';
import type { BoardArchitecture } from './architecture.ts';
import type { BoardRun, RunSettings } from './board-run.ts';
import { install } from './board/install.ts';
import { readRemote } from './board/remote-hash.ts';
import { describeFile } from './board/upload.ts';
import { Workspace } from './board/workspace.ts';
import { checkBoard } from './check.ts';
import type { PackageNeeds } from './check.ts';
import { learnNature } from './probe.ts';
import type { BoardNature } from './probe.ts';
import { runPackage } from './run-package.ts';
import type { Credentials } from './ssh/authentication.ts';
import { BoardConnection } from './ssh/connection.ts';
import type { HostKeyPolicy } from './ssh/host-key.ts';
import { StageBoard } from './stages.ts';
import type { DeployListener } from './stages.ts';
import { chooseVirtualBoard, ownVirtualBoard } from './virtual/choose.ts';
import { simulatedAccelerator } from './virtual/simulated-accelerator.ts';
import { startVirtualBoard } from './virtual/virtual-board.ts';
import type { VirtualBoard, VirtualBoardOptions } from './virtual/virtual-board.ts';

export interface DeployOptions {
  readonly board: BoardAddress;
  readonly packagePath: string;
  readonly needs: PackageNeeds;
  /** Path of the agent for an architecture on this computer; rejects with the reason where there is none. */
  readonly agentFor: (architecture: BoardArchitecture) => Promise<string>;
  /** Folder of the simulated accelerator, for virtual boards that have one. */
  readonly simulationFolder?: string | undefined;
  readonly credentials?: Credentials | undefined;
  readonly hostKeys?: HostKeyPolicy | undefined;
  /** What is absent or undefined is as DEFAULT_SETTINGS (SIMULATED_SETTINGS) has it. */
  readonly settings?: { readonly [Key in keyof RunSettings]?: RunSettings[Key] | undefined } | undefined;
  /** A `.npy` on this computer to run instead of the golden input. */
  readonly inputPath?: string | undefined;
  /** The accelerator's `.bit` on this computer, for a board that does not have it loaded yet; the agent checks it before it loads it. */
  readonly bitstreamPath?: string | undefined;
  /** A folder on this computer for the network's outputs as `.npy`. */
  readonly outputFolder?: string | undefined;
  /** Leaves agent and package on the board, so that the next run sends neither. Default false. */
  readonly keep?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: DeployListener | undefined;
}

export const DEFAULT_SETTINGS: RunSettings = { iterations: 100, warmup: 10, backend: 'auto', profile: true };

/** A simulated accelerator takes the same cycles each time, and seconds for what a board does in milliseconds. */
export const SIMULATED_SETTINGS: RunSettings = { ...DEFAULT_SETTINGS, iterations: 1, warmup: 0 };

/**
 * Takes a package to a board, runs it there and brings back what the board said. Nothing stays on the board but what `keep` asks for,
 * whether it ends well, fails or is cancelled. Throws CortadoErrors `ssh.…`, `board.…`, `package.…`; rejects with the signal's reason
 * when aborted.
 */
export async function deploy(options: DeployOptions): Promise<BoardRun> {
  const stages = new StageBoard(options.onEvent ?? (() => undefined));
  const startedAt = new Date().toISOString();
  let virtual: VirtualBoard | undefined;
  let connection: BoardConnection | undefined;
  let workspace: Workspace | undefined;
  try {
    stages.begin('connect', boardAddressText(options.board));
    if (options.board.kind === 'virtual')
      virtual = await startVirtualBoard(await virtualBoardOptions(options.board, options));
    connection = await connect(options, virtual);
    stages.begin('probe');
    const nature = await learnNature(connection, options.signal);
    workspace = await Workspace.open(connection, options.signal);
    const run = await new Deployment(options, stages, connection, workspace, nature).run();
    stages.begin('clean up');
    if (!(await workspace.remove())) stages.warn('The board did not confirm that the temporary files are gone.');
    const { address, endedAt } = { address: boardAddressText(options.board), endedAt: new Date().toISOString() };
    return { ...run, address, hostKey: connection.hostKey, nature, startedAt, endedAt };
  } catch (error) {
    stages.fail(error);
    if (workspace !== undefined) {
      stages.begin('clean up');
      await workspace.remove();
    }
    throw error;
  } finally {
    await connection?.close();
    await virtual?.close();
    stages.finish();
  }
}

async function virtualBoardOptions(
  { accelerator }: VirtualAddress,
  { agentFor, simulationFolder }: DeployOptions,
): Promise<VirtualBoardOptions> {
  if (accelerator === undefined) return chooseVirtualBoard(agentFor);
  return { ...ownVirtualBoard(), accelerator: await simulatedAccelerator(simulationFolder, accelerator) };
}

function connect(options: DeployOptions, virtual: VirtualBoard | undefined): Promise<BoardConnection> {
  const { board, signal } = options;
  if (virtual !== undefined) {
    // Nothing to ask and nothing to remember: the key was made a moment ago in this very process.
    const hostKeys = { acceptHostKey: virtual.hostKey, userKnownHosts: null };
    return BoardConnection.open({
      address: virtual.address,
      credentials: { password: virtual.password },
      hostKeys,
      signal,
    });
  }
  if (board.kind === 'virtual') throw new Error('a virtual board without its server');
  return BoardConnection.open({
    address: board,
    credentials: options.credentials ?? {},
    hostKeys: options.hostKeys ?? {},
    signal,
  });
}

/** Without what is undefined, which stands for the default. */
function given(settings: DeployOptions['settings'] = {}): Partial<RunSettings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

type Outcome = Omit<BoardRun, 'address' | 'hostKey' | 'nature' | 'startedAt' | 'endedAt'>;

/** The stages between connecting and cleaning up. */
class Deployment {
  private readonly settings: RunSettings;
  private readonly warnings: string[] = [];

  constructor(
    private readonly options: DeployOptions,
    private readonly stages: StageBoard,
    private readonly connection: BoardConnection,
    private readonly workspace: Workspace,
    private readonly nature: BoardNature,
  ) {
    const { board } = options;
    const isSimulated = board.kind === 'virtual' && board.accelerator !== undefined;
    this.settings = { ...(isSimulated ? SIMULATED_SETTINGS : DEFAULT_SETTINGS), ...given(options.settings) };
  }

  async run(): Promise<Outcome> {
    const { options, stages, connection, workspace, settings, warnings, nature } = this;
    const { folder, freeBytes } = workspace.place;
    const agent = await this.send(await options.agentFor(nature.architecture), 'cortado-agent', 0o700, 'agent', true);
    const probe = await this.probe(agent.path);
    stages.begin('check');
    for (const warning of checkBoard(options.needs, probe, nature, freeBytes)) this.warn(warning);
    stages.begin('upload');
    const sent = await this.send(options.packagePath, 'package.cortado', 0o600, 'package', true);
    const { inputPath, bitstreamPath, outputFolder } = options;
    const input = inputPath === undefined ? undefined : await this.send(inputPath, 'input.npy', 0o600, 'input', false);
    const bitstream =
      bitstreamPath === undefined
        ? undefined
        : await this.send(bitstreamPath, 'accelerator.bit', 0o600, 'bitstream', true);
    stages.begin('verify');
    const record = await runPackage(
      connection,
      {
        ...this.call(agent.path),
        packagePath: sent.path,
        input: input?.path,
        bitstream: bitstream?.path,
        output: outputFolder === undefined ? undefined : `${folder}/output.npy`,
        settings,
        onEvent: (event) => {
          if (event.event === 'fallback') this.warn(`The processor runs everything: ${event.message}`);
          options.onEvent?.({ kind: 'agent', event });
        },
      },
      stages,
    );
    if (outputFolder !== undefined)
      await this.fetch(
        record.outputs.map((output) => output.file),
        outputFolder,
      );
    const { bytes, sha256 } = sent.file;
    return {
      ...record,
      probe,
      package: { file: basename(options.packagePath), bytes, sha256 },
      settings,
      input: input === undefined ? 'golden' : 'given',
      warnings,
      kept: [agent, sent, ...(bitstream === undefined ? [] : [bitstream])]
        .filter((file) => !file.path.startsWith(`${folder}/`))
        .map((file) => file.path),
    };
  }

  private async probe(agent: string): Promise<ProbeEvent> {
    let probe: ProbeEvent | undefined;
    await callAgent(this.connection, {
      ...this.call(agent),
      words: ['probe'],
      onEvent: (event) => {
        if (event.event === 'probe') probe = event;
        this.options.onEvent?.({ kind: 'agent', event });
      },
    });
    if (probe !== undefined) return probe;
    throw new CortadoError(
      'board.agent-incomplete',
      'The agent ended without having said what the board is.',
      'The agent may be of another version; start again without kept files.',
    );
  }

  private call(agent: string) {
    const { options, workspace, nature } = this;
    return {
      folder: workspace.place.folder,
      agent,
      runner: nature.runner,
      signal: options.signal,
      onLog: (text: string) => options.onEvent?.({ kind: 'log', text }),
      onSilence: (seconds: number) => {
        this.stages.warn(`The board has said nothing for ${seconds} seconds.`);
      },
    };
  }

  private async send(source: string, name: string, mode: number, what: string, keepable: boolean) {
    const { connection, workspace, options } = this;
    const file = await describeFile(source);
    const keep = keepable && options.keep === true;
    const onProgress = (progress: Progress) => options.onEvent?.({ kind: 'progress', progress });
    const request = { file, name, mode, what, keep, signal: options.signal, onProgress };
    return { file, ...(await install(connection, workspace.place, request)) };
  }

  /** Brings the outputs here; each is a whole file or none. */
  private async fetch(files: readonly (string | null)[], folder: string): Promise<void> {
    for (const file of files.filter((each) => each !== null)) {
      const target = join(folder, basename(file));
      const temporary = `${target}.part`;
      await mkdir(dirname(target), { recursive: true });
      try {
        await pipeline(readRemote(this.connection, file, this.options.signal), createWriteStream(temporary));
        await rename(temporary, target);
      } finally {
        await rm(temporary, { force: true });
      }
    }
  }

  private warn(text: string): void {
    this.warnings.push(text);
    this.stages.warn(text);
  }
}
