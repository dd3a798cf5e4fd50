import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '../../common/npy.ts';
import type { WorkerLauncher } from '../../common/worker-process.ts';
import type { FileDone } from '../forward-files.ts';
import { createLooker } from '../look.ts';
import { emptyRange, rangeOf } from '../range.ts';
import { regionsOf } from '../region.ts';
import type { WorkerAnswer } from './messages.ts';
import { WorkerPool, type PoolOptions } from './pool.ts';
import { serveWorker } from './serve.ts';

const shape = [1, 1, 1, 2];
const setup = {
  preprocessing: undefined,
  input: { blob: 'data', shape },
  regions: regionsOf('data', 1),
  forward: undefined,
};

interface Outcome {
  readonly files: readonly FileDone[];
  /** What was told before files were done. */
  readonly signs: readonly string[];
  readonly notes: readonly string[];
}

/** Worker "processes" in this one, which may die. */
class Processes {
  started = 0;
  alive = 0;

  /** @param dies whether the process of this number (from 1 on) dies with this answer on its lips */
  constructor(private readonly dies: (process: number, answer: WorkerAnswer) => boolean = () => false) {}

  readonly launch: WorkerLauncher = (listener) => {
    const number = ++this.started;
    this.alive++;
    let isAlive = true;
    let listen: (message: unknown) => void = () => undefined;
    const end = (): void => {
      if (isAlive) this.alive--;
      isAlive = false;
    };
    serveWorker({
      post: (message) => {
        const answer = message as WorkerAnswer;
        queueMicrotask(() => {
          if (!isAlive) return;
          if (this.dies(number, answer)) {
            end();
            listener.exit('was ended by SIGSEGV');
          } else {
            listener.message(structuredClone(message));
          }
        });
      },
      listen: (listener) => {
        listen = listener;
      },
    });
    return {
      send: (message) => {
        if (isAlive) listen(structuredClone(message));
      },
      kill: end,
    };
  };
}

function isOf(path: string, answer: WorkerAnswer): boolean {
  return answer.kind === 'done' && answer.file.path === path;
}

describe('a pool of worker processes', () => {
  let folder: string;
  let paths: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cortado-pool-'));
    paths = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const path = join(folder, `${i}.npy`);
        await writeFile(path, encodeNpy({ shape, data: Float32Array.of(i, -i) }));
        return path;
      }),
    );
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  async function run(processes: Processes, more: Partial<PoolOptions> = {}): Promise<Outcome> {
    const pool = new WorkerPool({ launch: processes.launch, count: 2, setup: { ...setup, folder }, ...more });
    const files: FileDone[] = [];
    const signs: string[] = [];
    try {
      const { found } = await pool.run({
        ...{ look: { kind: 'ranges' }, paths },
        onDone: (file) => files.push(file),
        onSign: (detail) => signs.push(detail),
      });
      const all = rangeOf(Float32Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? i / 2 : -(i - 1) / 2)));
      expect(found.kind === 'ranges' ? found.ranges.get('data') : emptyRange).toEqual(all);
      return { files, signs, notes: pool.notes };
    } finally {
      pool.close();
    }
  }

  it('shares the files out and adds up what was found', async () => {
    const processes = new Processes();
    const { files } = await run(processes);
    expect(files.map(({ path }) => path).sort()).toEqual(paths.toSorted());
    expect([processes.started, processes.alive]).toEqual([2, 0]);
  });

  it('tells of each file that is forwarded', async () => {
    const { signs } = await run(new Processes());
    expect(signs).toEqual(expect.arrayContaining([...paths]));
  });

  it('replaces processes after so many files', async () => {
    const processes = new Processes();
    const { files } = await run(processes, { lifetime: 3 });
    expect(files).toHaveLength(20);
    expect(processes.started).toBeGreaterThanOrEqual(6);
    expect(processes.alive).toBe(0);
  });

  it('starts a process that dies once more, and tells of each file once', async () => {
    const processes = new Processes((process, answer) => process === 1 && isOf(paths[8], answer));
    const { files, notes } = await run(processes, { count: 1 });
    expect(files.map(({ path }) => path)).toEqual(paths);
    expect(processes.started).toBe(2);
    expect(notes).toEqual([`The process that worked on ${paths[8]} was ended by SIGSEGV; another one did it.`]);
  });

  describe.each(['magnitudes', 'not-negative'] as const)('that make histograms of %s together', (counted) => {
    const look = { kind: 'histograms', counted } as const;

    async function expectHistograms(processes: Processes, more: Partial<PoolOptions> = {}): Promise<void> {
      const here = createLooker(look, setup.regions);
      for (let i = 0; i < 20; i++) here.look(setup.regions[0], Float32Array.of(i, -i));
      const pool = new WorkerPool({ launch: processes.launch, count: 2, setup: { ...setup, folder }, ...more });
      const { found } = await pool.run({ look, paths, onDone: () => undefined });
      pool.close();
      expect(found).toEqual(here.take());
      // What was taken is gone.
      expect(here.take()).toEqual({ kind: 'histograms', regions: new Map() });
      expect(processes.alive).toBe(0);
    }

    it('give each its part', async () => {
      await expectHistograms(new Processes());
    });

    it('hand over what they have where they are replaced', async () => {
      await expectHistograms(new Processes(), { lifetime: 3 });
    });

    it.each(['outlined', 'found'] as const)('do it again where one dies when it has %s', async (kind) => {
      const processes = new Processes((process, answer) => process === 2 && answer.kind === kind);
      await expectHistograms(processes);
      expect(processes.started).toBe(3);
    });
  });

  it('fails where a process dies twice while others work on', async () => {
    let deaths = 0;
    const processes = new Processes((_process, { kind }) => kind === 'outlined' && deaths++ < 2);
    const pool = new WorkerPool({ launch: processes.launch, count: 1, setup: { ...setup, folder } });
    const pass = pool.run({ look: { kind: 'histograms', counted: 'magnitudes' }, paths, onDone: () => undefined });
    await expect(pass).rejects.toMatchObject({ code: 'calibration.worker' });
    pool.close();
  });

  it('names the file of which a process dies twice', async () => {
    const processes = new Processes((_process, answer) => isOf(paths[8], answer));
    await expect(run(processes, { count: 1 })).rejects.toMatchObject({
      code: 'calibration.worker',
      location: { file: paths[8] },
    });
    expect(processes.alive).toBe(0);
  });

  it('hands an error on with its code and place, and ends everything', async () => {
    const processes = new Processes();
    const wrong = join(folder, 'wrong.npy');
    await writeFile(wrong, encodeNpy({ shape: [3], data: new Float32Array(3) }));
    const pool = new WorkerPool({ launch: processes.launch, count: 2, setup: { ...setup, folder } });
    const pass = pool.run({ look: { kind: 'fine' }, paths: [wrong], onDone: () => undefined });
    await expect(pass).rejects.toMatchObject({ code: 'calibration.input-shape', location: { file: wrong } });
    pool.close();
    expect(processes.alive).toBe(0);
  });

  it('stops at once where it is cancelled', async () => {
    const controller = new AbortController();
    const processes = new Processes();
    const pool = new WorkerPool({
      launch: processes.launch,
      count: 2,
      setup: { ...setup, folder },
      signal: controller.signal,
    });
    const onDone = (): void => {
      controller.abort();
    };
    await expect(pool.run({ look: { kind: 'ranges' }, paths, onDone })).rejects.toMatchObject({ name: 'AbortError' });
    pool.close();
    expect(processes.alive).toBe(0);
  });
});
