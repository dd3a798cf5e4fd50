import { mkdir, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as v from 'valibot';
import { CortadoError, errorText } from '../common/errors.ts';
import { writeFileAtomically } from '../common/files.ts';
import { readInputFile } from '../common/read-input.ts';
import { fullPath, PROJECT_FILE, storedPath } from './layout.ts';
import {
  decisionChangeSchema,
  INITIAL_DECISIONS,
  PROJECT_VERSION,
  projectFileSchema,
  type DecisionChange,
  type Decisions,
  type ProjectFile,
} from './schema.ts';

/**
 * An open project: a folder whose `project.json` holds what the user decided. Every change is on the disk, whole, before
 * the call that makes it returns; changes are made one after the other.
 */
export class Project {
  private lastWrite: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly folder: string,
    private file: ProjectFile,
  ) {}

  /**
   * Makes a project in a folder that is empty or not there yet.
   * @throws CortadoError `project.folder-in-use`, `project.folder`, `project.name`, `file.write`
   */
  static async create(folder: string, name: string): Promise<Project> {
    const full = resolve(folder);
    await requireEmptyFolder(full);
    const file: ProjectFile = {
      format: 'cortado-project',
      version: PROJECT_VERSION,
      name: requireName(name),
      createdAt: new Date().toISOString(),
      decisions: INITIAL_DECISIONS,
    };
    const project = new Project(full, file);
    await project.save(file);
    return project;
  }

  /**
   * Opens a project: its folder, or the `project.json` in it.
   * @throws CortadoError `file.read`, `project.not-a-project`, `project.newer`, `project.invalid` (names the field)
   */
  static async open(path: string): Promise<Project> {
    const full = resolve(path);
    const folder = basename(full) === PROJECT_FILE ? resolve(full, '..') : full;
    const file = join(folder, PROJECT_FILE);
    const bytes = await readInputFile(file, 'The project');
    return new Project(folder, parseProject(new TextDecoder().decode(bytes), file));
  }

  get name(): string {
    return this.file.name;
  }

  get decisions(): Decisions {
    return this.file.decisions;
  }

  /** The full path behind one of the decisions' paths. */
  pathOf(stored: string): string {
    return fullPath(this.folder, stored);
  }

  /**
   * Changes one step's decision; paths inside the folder are kept relative to it.
   * @throws CortadoError `project.invalid`, `file.write`; then nothing has changed
   */
  async decide(change: DecisionChange): Promise<void> {
    await this.change((file) => {
      const { step, change: part } = v.parse(decisionChangeSchema, withStoredPaths(this.folder, change));
      const decisions = { ...file.decisions, [step]: { ...file.decisions[step], ...part } };
      return { ...file, decisions };
    });
  }

  /** @throws CortadoError `project.name`, `file.write` */
  async rename(name: string): Promise<void> {
    await this.change((file) => ({ ...file, name: requireName(name) }));
  }

  private async change(make: (file: ProjectFile) => ProjectFile): Promise<void> {
    const write = this.lastWrite.then(() => this.save(make(this.file)));
    this.lastWrite = write.catch(() => undefined);
    await write;
  }

  private async save(file: ProjectFile): Promise<void> {
    await writeFileAtomically(join(this.folder, PROJECT_FILE), `${JSON.stringify(file, undefined, 2)}\n`);
    this.file = file;
  }
}

/** Which fields of which step are paths. */
const pathFields: ReadonlySet<string> = new Set([
  'model.proto',
  'model.weights',
  'images.source',
  'images.labels',
  'images.classNames',
  'calibrate.table',
  'target.golden',
  'target.bitstream',
  'board.identityFile',
  'run.picture',
]);

function withStoredPaths(folder: string, { step, change }: DecisionChange): unknown {
  const stored = Object.entries(change).map(([field, value]: readonly [string, unknown]) => {
    if (pathFields.has(`${step}.${field}`) && typeof value === 'string') return [field, storedPath(folder, value)];
    return [field, field === 'preprocessing' ? withStoredMeanFile(folder, value) : value];
  });
  return { step, change: Object.fromEntries(stored) as unknown };
}

function withStoredMeanFile(folder: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('meanFile' in value)) return value;
  const { meanFile } = value;
  return typeof meanFile === 'string' ? { ...value, meanFile: storedPath(folder, meanFile) } : value;
}

function parseProject(text: string, file: string): ProjectFile {
  const content = parseJson(text, file);
  const header = v.safeParse(v.object({ format: v.literal('cortado-project'), version: v.number() }), content);
  if (!header.success) throw notAProject(file, 'it does not say that it is one');
  if (header.output.version > PROJECT_VERSION) {
    throw new CortadoError(
      'project.newer',
      `The project was written by a newer Cortado (form ${header.output.version}; this one knows ${PROJECT_VERSION}).`,
      'Open it with that version or a later one.',
      { location: { file } },
    );
  }
  const result = v.safeParse(projectFileSchema, content);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new CortadoError(
    'project.invalid',
    `The project's file is damaged: ${issue.message}.`,
    'Correct the field, or start a new project in another folder; tables, packages and reports beside the file are not lost.',
    { location: { file, field: v.getDotPath(issue) ?? '' } },
  );
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notAProject(file, errorText(cause));
  }
}

function notAProject(file: string, reason: string): CortadoError {
  return new CortadoError(
    'project.not-a-project',
    `This is not a Cortado project: ${reason}.`,
    'Choose a folder that Cortado made, or start a new project.',
    { location: { file } },
  );
}

function requireName(name: string): string {
  const trimmed = name.trim();
  if (trimmed !== '') return trimmed;
  throw new CortadoError('project.name', 'A project needs a name.', 'Write a name of at least one character.');
}

async function requireEmptyFolder(folder: string): Promise<void> {
  let names: readonly string[];
  try {
    await mkdir(folder, { recursive: true });
    names = await readdir(folder);
  } catch (cause) {
    throw new CortadoError(
      'project.folder',
      `The project's folder cannot be made: ${errorText(cause)}.`,
      'Choose another place, one that you may write to.',
      { location: { file: folder }, cause },
    );
  }
  if (names.every((name) => name.startsWith('.'))) return;
  throw new CortadoError(
    'project.folder-in-use',
    names.includes(PROJECT_FILE) ? 'The folder holds a project already.' : 'The folder is not empty.',
    names.includes(PROJECT_FILE) ? 'Open that project, or choose another folder.' : 'Choose an empty or a new folder.',
    { location: { file: folder } },
  );
}
