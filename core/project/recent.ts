import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { writeFileAtomically } from '../common/files.ts';
import { InOrder } from '../common/in-order.ts';
import { PROJECT_FILE } from './layout.ts';

const MOST = 12;

const recentSchema = v.object({
  version: v.literal(1),
  projects: v.array(v.object({ folder: v.string(), name: v.string(), openedAt: v.string() })),
});
type Projects = v.InferOutput<typeof recentSchema>['projects'];

export interface RecentProject {
  readonly folder: string;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly openedAt: string;
  /** Whether a project is still there. */
  readonly exists: boolean;
}

/** Where Cortado keeps what belongs to the user rather than to a project; the command line and the app share it. */
export function configFolder(): string {
  return join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'cortado');
}

/** The projects opened lately, the latest first. A list that cannot be read is empty: nothing depends on it. */
export class RecentProjects {
  private readonly changes = new InOrder();

  constructor(private readonly file = join(configFolder(), 'recent-projects.json')) {}

  async list(): Promise<readonly RecentProject[]> {
    const projects = await this.read();
    return Promise.all(
      projects.map(async (project) => {
        const found = await stat(join(project.folder, PROJECT_FILE)).catch(() => undefined);
        return { ...project, exists: found?.isFile() === true };
      }),
    );
  }

  async add(folder: string, name: string): Promise<void> {
    const full = resolve(folder);
    await this.change((projects) => {
      const others = projects.filter((project) => project.folder !== full);
      return [{ folder: full, name, openedAt: new Date().toISOString() }, ...others].slice(0, MOST);
    });
  }

  async forget(folder: string): Promise<void> {
    await this.change((projects) => projects.filter((project) => project.folder !== resolve(folder)));
  }

  /** Resolves when nothing is being written. */
  written(): Promise<void> {
    return this.changes.settled();
  }

  private async read(): Promise<Projects> {
    try {
      return v.parse(recentSchema, JSON.parse(await readFile(this.file, 'utf8'))).projects;
    } catch {
      return [];
    }
  }

  /** One change after the other: each starts from what the one before it wrote. */
  private change(changed: (projects: Projects) => Projects): Promise<void> {
    return this.changes.run(async () => {
      const projects = changed(await this.read());
      await writeFileAtomically(this.file, `${JSON.stringify({ version: 1, projects }, undefined, 2)}\n`);
    });
  }
}
