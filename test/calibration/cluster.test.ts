import { loadAll } from 'js-yaml';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot, sample, temporaryFolder } from '../support/paths.ts';

/** What docs/cluster.md shows of a Kubernetes job. */
interface Job {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: {
    readonly completions?: number;
    readonly completionMode?: string;
    readonly template: { readonly spec: { readonly restartPolicy: string; readonly containers: readonly Container[] } };
  };
}

interface Container {
  readonly workingDir: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

const folder = temporaryFolder();
const run = promisify(execFile);
let page = '';

/** The code block that begins with this word behind its fence. */
function block(name: string): string {
  const match = new RegExp(`\`\`\`${name}\n([^]*?)\`\`\``).exec(page);
  if (match === null) throw new Error(`docs/cluster.md has no block ${name}`);
  return match[1];
}

async function inCluster(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const [file, ...args] = command;
  const PATH = `${join(folder, 'bin')}:${process.env.PATH ?? ''}`;
  await run(file, args, { cwd: folder, env: { ...process.env, PATH, ...env } });
}

/** One after the other: the machine that runs this has few cores. */
async function forEachIndex(count: number, work: (index: number) => Promise<void>): Promise<void> {
  for (let index = 0; index < count; index++) await work(index);
}

const table = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

describe('docs/cluster.md', () => {
  beforeAll(async () => {
    page = await readFile(join(repositoryRoot, 'docs/cluster.md'), 'utf8');
    await cp(join(sample, 'deploy.prototxt'), join(folder, 'deploy.prototxt'));
    await cp(join(sample, 'digits.caffemodel'), join(folder, 'weights.caffemodel'));
    await cp(join(sample, 'images'), join(folder, 'pictures'), { recursive: true });
    const [tsx, main] = ['node_modules/.bin/tsx', 'core/cli/main.ts'].map((path) => join(repositoryRoot, path));
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin/cortado'), `#!/bin/sh\nexec "${tsx}" "${main}" "$@"\n`);
    await chmod(join(folder, 'bin/cortado'), 0o755);
    const whole = '--proto deploy.prototxt --model weights.caffemodel --images pictures --output whole.table';
    await inCluster(['cortado', 'calibrate', ...whole.split(' ')]);
  });

  it('has a Slurm array that gives the table of one calibration, byte for byte', async () => {
    const script = block('bash slurm');
    const [, first, last] = /^#SBATCH --array=(\d+)-(\d+)$/m.exec(script) ?? [];
    expect(first).toBe('1');
    await forEachIndex(Number(last), (index) =>
      inCluster(['bash', '-c', script], { SLURM_ARRAY_TASK_ID: String(index + 1), SLURM_ARRAY_TASK_COUNT: last }),
    );
    await inCluster(['bash', '-c', block('bash merge')]);
    expect(await table('net.table')).toBe(await table('whole.table'));
  });

  it('has indexed jobs of Kubernetes that do, too', async () => {
    const [calibrate, merge] = loadAll(block('yaml')) as readonly Job[];
    for (const { apiVersion, kind, spec } of [calibrate, merge]) {
      expect([apiVersion, kind, spec.template.spec.restartPolicy]).toEqual(['batch/v1', 'Job', 'Never']);
    }
    const { completions = 0, completionMode, template } = calibrate.spec;
    expect(completionMode).toBe('Indexed');
    const [container] = template.spec.containers;
    const env = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
    expect(env.SHARDS).toBe(String(completions));
    await forEachIndex(completions, (index) =>
      inCluster([...container.command, ...container.args], { ...env, JOB_COMPLETION_INDEX: String(index) }),
    );
    const [merging] = merge.spec.template.spec.containers;
    expect(merging.args).toHaveLength(completions);
    await writeFile(join(folder, 'net.table'), '');
    await inCluster([...merging.command, ...merging.args]);
    expect(await table('net.table')).toBe(await table('whole.table'));
  });
});
