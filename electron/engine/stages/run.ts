import { stat } from 'node:fs/promises';
import { writeFileAtomically } from '../../../core/common/files.ts';
import { AgentProgress } from '../../../core/deploy/agent/agent-progress.ts';
import type { AgentEvent } from '../../../core/deploy/agent/events.ts';
import { deploy } from '../../../core/deploy/deploy.ts';
import { packageNeeds } from '../../../core/deploy/package-needs.ts';
import type { DeployEvent } from '../../../core/deploy/stages.ts';
import { createReport, reportJson } from '../../../core/report/create.ts';
import type { BuildView } from '../../shared/schemas/results.ts';
import { bitstreamToLoad } from '../bitstream-to-load.ts';
import { LiveSamples } from '../live-samples.ts';
import { pictureInput } from '../picture-input.ts';
import { undecided } from '../project-session.ts';
import { reportFile } from '../report-files.ts';
import type { Stage, StageContext } from '../stage-context.ts';

/** Takes the package to the board, runs it and keeps the report. */
export const run: Stage = async (context): Promise<{ readonly report: string }> => {
  const { session, boards, signal } = context;
  const { board, run: settings } = session.project.decisions;
  const built = await session.result<BuildView>('target');
  if (built === undefined || !(await isFile(built.file))) throw undecided('a package', 'target');
  if (board.address === null) throw undecided('a board', 'board');
  const identity = board.identityFile === null ? undefined : session.project.pathOf(board.identityFile);
  const login = boards.login(board.address, identity, signal);
  const bitstreamPath = await bitstreamToLoad(session, login.board.kind);
  const samples = new LiveSamples(context.live);
  const progress = new AgentProgress(context.onProgress);
  const { threads, backend } = settings;
  // A simulated accelerator takes the same cycles each time, and long: deploy knows how often is enough.
  const isSimulated = login.board.kind === 'virtual' && login.board.accelerator !== undefined;
  const { iterations, warmup } = isSimulated ? { iterations: undefined, warmup: undefined } : settings;
  const input = await pictureInput(session, signal);
  const boardRun = await deploy({
    board: login.board,
    packagePath: built.file,
    needs: await packageNeeds(built.file),
    agentFor: session.agentFor,
    simulationFolder: session.simulationFolder,
    inputPath: input?.file,
    bitstreamPath,
    credentials: login.credentials,
    hostKeys: login.hostKeys,
    settings: { iterations, warmup, threads: threads ?? undefined, backend, profile: true },
    keep: board.keepOnBoard,
    signal,
    onEvent: (event) => {
      tell(context, { samples, progress }, event);
    },
  }).finally(() => input?.remove());
  samples.flush();
  login.succeeded();
  const report = createReport(boardRun);
  const id = report.endedAt.replaceAll(/[:.]/g, '-');
  await writeFileAtomically(reportFile(session.project.folder, id), reportJson(report));
  return { report: id };
};

/** What the agent's words are made into. */
interface Heard {
  readonly samples: LiveSamples;
  readonly progress: AgentProgress;
}

function tell(context: StageContext, heard: Heard, event: DeployEvent): void {
  switch (event.kind) {
    case 'stage':
      context.part({ name: event.stage, status: event.status, detail: event.detail ?? null });
      break;
    case 'progress':
      context.onProgress(event.progress);
      break;
    case 'warning':
      context.warn(event.text);
      break;
    case 'log':
      context.log(`board: ${event.text}`);
      break;
    case 'agent':
      tellAgent(context, heard, event.event);
      break;
  }
}

function tellAgent(context: StageContext, { samples, progress }: Heard, event: AgentEvent): void {
  progress.hear(event);
  switch (event.event) {
    case 'sample':
      samples.add(event.latencyNs, event.total);
      break;
    case 'conditions':
      context.live({ kind: 'conditions', phase: event.phase, clocks: event.clocks, temperatures: event.temperatures });
      break;
    default:
      break;
  }
}

async function isFile(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() === true;
}
