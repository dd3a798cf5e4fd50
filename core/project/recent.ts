import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { writeFileAtomically } from '../common/files.ts';
import { PROJECT_FILE } from './layout.ts';

const MOST = 12;

const recentSchema = v.object({
  version: v.literal(1),
  projects: v.array(v.object({ folder: v.string(), name: v.string(), openedAt: v.string() })),
});

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
    const others = (await this.read()).filter((project) => project.folder !== full);
    await this.write([{ folder: full, name, openedAt: new Date().toISOString() }, ...others].slice(0, MOST));
  }

  async forget(folder: string): Promise<void> {
    await this.write((await this.read()).filter((project) => project.folder !== resolve(folder)));
  }

  private async read(): Promise<v.InferOutput<typeof recentSchema>['projects']> {
    try {
      return v.parse(recentSchema, JSON.parse(await readFile(this.file, 'utf8'))).projects;
    } catch {
      return [];
    }
  }

  private async write(projects: v.InferOutput<typeof recentSchema>['projects']): Promise<void> {
    await writeFileAtomically(this.file, `${JSON.stringify({ version: 1, projects }, undefined, 2)}\n`);
  }
}
