import { copyFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { CortadoError } from '../../core/common/errors.ts';
import type { WorkerLauncher } from '../../core/common/worker-process.ts';
import { removeLeftovers } from '../../core/project/leftovers.ts';
import { Project } from '../../core/project/project.ts';
import { unfinishedWork } from '../../core/project/under-way.ts';
import type { EngineSurroundings, FromEngine, ProjectRequest } from '../shared/messages.ts';
import { stageNames, type ProjectView } from '../shared/schemas/stages.ts';
import { BoardAccess } from './board-access.ts';
import { Devices } from './devices.ts';
import { MainSecrets } from './main-secrets.ts';
import { NearbyBoards } from './nearby-boards.ts';
import { ProjectSession } from './project-session.ts';
import { projectView } from './project-view.ts';
import { Questions } from './questions.ts';
import { StageDesk } from './stage-desk.ts';
import type { Tell } from './tell.ts';

/** The open project and everything that works on it. */
export interface OpenProject {
  readonly session: ProjectSession;
  readonly desk: StageDesk;
  readonly boards: BoardAccess;
  readonly view: () => Promise<ProjectView>;
}

/** What the engine process is: at most one open project, its stages, and questions to the user. */
export class Engine {
  readonly questions: Questions;
  readonly secrets: MainSecrets;
  readonly nearby: NearbyBoards;
  readonly devices: Devices;
  private open: OpenProject | undefined;

  constructor(
    private readonly tell: Tell,
    sendToMain: (message: FromEngine) => void,
    /** Starts worker processes; without it there are none, and the processor alone computes. */
    launch?: WorkerLauncher,
  ) {
    this.questions = new Questions(
      (question) => {
        tell('question', question);
      },
      (id) => {
        tell('question.closed', { id });
      },
    );
    this.secrets = new MainSecrets(sendToMain);
    this.nearby = new NearbyBoards(tell);
    this.devices = new Devices(launch);
  }

  /** The open project. Throws `project.none`. */
  get project(): OpenProject {
    if (this.open !== undefined) return this.open;
    throw new CortadoError('project.none', 'No project is open.', 'Open a project or start a new one.');
  }

  /** Stops what is under way; it is offered again at the next start. */
  async end(): Promise<void> {
    await this.open?.desk.end();
  }

  async openProject(request: ProjectRequest, surroundings: EngineSurroundings): Promise<ProjectView> {
    const { resources, virtualBoard } = surroundings;
    const project =
      request.kind === 'open'
        ? await Project.open(request.folder)
        : await createProject(request, resources, virtualBoard.available);
    const session = new ProjectSession(project, resources);
    const boards = new BoardAccess(this.questions, this.secrets);
    const view = (): Promise<ProjectView> => projectView(session, desk);
    await removeLeftovers(project.folder);
    const unfinished = await unfinishedWork(project.folder);
    const onChange = async (): Promise<void> => {
      this.tell('project', await view());
    };
    const desk = new StageDesk(
      session,
      boards,
      this.devices,
      this.tell,
      onChange,
      stageNames.find((name) => name === unfinished && name !== 'load') ?? null,
    );
    this.nearby.look(false);
    this.open = { session, desk, boards, view };
    return view();
  }
}

/** The sample's files are copied, so that the project does not depend on where the app is installed. */
async function createProject(
  { folder, name, from }: ProjectRequest & { readonly kind: 'create' },
  resources: string,
  hasVirtualBoard: boolean,
): Promise<Project> {
  const project = await Project.create(folder, name);
  if (from === 'empty') return project;
  const sample = join(resources, 'sample');
  const place = join(project.folder, 'sample');
  await cp(join(sample, 'images'), join(place, 'images'), { recursive: true });
  for (const file of ['deploy.prototxt', 'digits.caffemodel', 'labels.csv', 'labels.txt']) {
    await copyFile(join(sample, file), join(place, file));
  }
  await project.decide({
    step: 'model',
    change: { proto: 'sample/deploy.prototxt', weights: 'sample/digits.caffemodel' },
  });
  await project.decide({
    step: 'images',
    change: { source: 'sample/images', labels: 'sample/labels.csv', classNames: 'sample/labels.txt' },
  });
  if (hasVirtualBoard) {
    await project.decide({ step: 'target', change: { board: 'virtual' } });
    await project.decide({ step: 'board', change: { address: 'virtual' } });
  }
  return project;
}
