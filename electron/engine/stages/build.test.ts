import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INITIAL_DECISIONS } from '../../../core/project/schema.ts';
import { boardDescriptionSchema, buildSchema, type BuildView } from '../../shared/schemas/results.ts';
import { listBoards } from '../boards.ts';
import { openSampleProject, type SampleProject } from '../sample-project.testing.ts';

describe('the stage "build"', () => {
  let open: SampleProject;
  beforeAll(async () => {
    open = await openSampleProject();
    expect(await open.run('calibrate')).toMatchObject({ error: null });
  }, 60_000);
  afterAll(() => open.remove());

  async function built(target: Partial<typeof INITIAL_DECISIONS.target>): Promise<BuildView> {
    await open.session.project.decide({ step: 'target', change: { ...INITIAL_DECISIONS.target, ...target } });
    expect(await open.run('build')).toMatchObject({ error: null });
    return v.parse(buildSchema, structuredClone(await open.session.result('target')));
  }

  it('makes float16 packages and says what the weights cost', async () => {
    const [half, whole] = [
      await built({ board: 'virtual', precision: 'fp16' }),
      await built({ board: 'virtual', precision: 'fp32' }),
    ];
    expect(half.bytes).toBeLessThan(whole.bytes);
    expect(half.halfError).toBeGreaterThan(0);
    expect(half.halfError).toBeLessThan(0.01);
    expect(whole.halfError).toBeNull();
  });

  it('keeps the layers in float that the user wants to', async () => {
    const first = (await built({ board: 'virtual' })).layers.find(({ runsAs }) => runsAs === 'int8')?.layer ?? '';
    await open.session.project.decide({ step: 'accuracy', change: { keepInFloat: [first] } });
    const { layers } = await built({ board: 'virtual' });
    expect(layers.find(({ layer }) => layer === first)).toMatchObject({ runsAs: 'float' });
    expect((await built({ board: 'virtual', precision: 'fp32' })).precision).toBe('fp32');
    await open.session.project.decide({ step: 'accuracy', change: { keepInFloat: [] } });
  });

  it('plans the accelerator for a board that has one', async () => {
    const { plan, file } = await built({ board: 'pynq-z1', backend: 'fpga' });
    expect(plan).toMatchObject({ board: 'pynq-z1', part: 'xc7z020', programs: expect.any(Number) as number });
    expect(plan?.cycles).toBeGreaterThan(0);
    expect(plan?.layers.some(({ runsOn }) => runsOn === 'accelerator')).toBe(true);
    expect(plan?.layers.every(({ runsOn, reason }) => (runsOn === 'processor') === (reason !== null))).toBe(true);
    expect(file).toContain('pynq-z1');
  });

  it('refuses other numbers than int8 on the accelerator, and boards without one', async () => {
    const { project } = open.session;
    const change = { ...INITIAL_DECISIONS.target, board: 'pynq-z1', backend: 'fpga' as const };
    await project.decide({ step: 'target', change: { ...change, precision: 'fp16' } });
    expect((await open.run('build')).error).toMatchObject({ code: 'build.fpga-precision' });
    await project.decide({ step: 'target', change: { ...change, board: 'raspberry-pi-4' } });
    expect((await open.run('build')).error).toMatchObject({ code: 'fpga.board' });
  });
});

describe('the boards', () => {
  it('say which accelerator they can have', async () => {
    const open = await openSampleProject();
    const boards = v.parse(v.array(boardDescriptionSchema), await listBoards(open.session.resources, '/nowhere'));
    await open.remove();
    const of = (id: string) => boards.find((board) => board.id === id)?.accelerator;
    expect(of('pynq-z1')).toEqual({ part: 'xc7z020', clockHz: 100e6, simulated: false });
    expect(of('zybo-z7-10')).toMatchObject({ part: 'xc7z010' });
    expect(of('raspberry-pi-4')).toBeNull();
  });
});
