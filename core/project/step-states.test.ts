import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileHasher } from './fingerprint.ts';
import { currentInputs } from './inputs.ts';
import { resultPath } from './layout.ts';
import { Project } from './project.ts';
import { readResult, writeResult } from './results.ts';
import { stepStates, type StepFacts } from './step-states.ts';
import { STEPS, type Step } from './steps.ts';

let root: string;
let project: Project;
const hasher = new FileHasher();

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cortado-steps-'));
  project = await Project.create(join(root, 'p'), 'p');
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function states(failures: Partial<Record<Step, string>> = {}): Promise<readonly string[]> {
  const current = await currentInputs(project, hasher);
  const facts: Partial<Record<Step, StepFacts>> = {};
  for (const step of STEPS) {
    const result = await readResult(project.folder, step);
    facts[step] = { result: result?.inputs, current: current[step], failure: failures[step] };
  }
  const statuses = await stepStates(project, facts as Record<Step, StepFacts>);
  return statuses.map(({ step, state, reasons }) => `${step} ${state} ${reasons.join(',')}`.trim());
}

/** As if the step's stage had just ended well. */
async function finish(step: Step): Promise<void> {
  await writeResult(project.folder, step, (await currentInputs(project, hasher))[step], { step });
}

async function takeAll(): Promise<void> {
  for (const name of ['net.prototxt', 'net.caffemodel', 'image.png']) await writeFile(join(project.folder, name), name);
  await project.decide({ step: 'model', change: { proto: 'net.prototxt', weights: 'net.caffemodel' } });
  await project.decide({ step: 'images', change: { source: 'image.png' } });
  await project.decide({ step: 'target', change: { board: 'virtual' } });
  await project.decide({ step: 'board', change: { address: 'virtual' } });
  for (const step of STEPS) if (step !== 'images') await finish(step);
}

describe('the state of the steps', () => {
  it('of pictures that are none: they need attention, and what comes after waits', async () => {
    await takeAll();
    await mkdir(join(root, 'empty'));
    await project.decide({ step: 'images', change: { source: join(root, 'empty') } });
    expect((await states()).slice(1, 3)).toEqual(['images attention images.none', 'calibrate outdated changed.images']);
  });

  it('of a new project: the first is current, all others wait', async () => {
    expect(await states()).toEqual([
      'model current model.no-prototxt,model.no-weights',
      'images waiting images.none-chosen',
      'calibrate waiting no-result.calibrate',
      'accuracy waiting no-result.accuracy',
      'target waiting target.none-chosen',
      'board waiting board.none-chosen',
      'run waiting no-result.run',
    ]);
  });

  it('is done for all with their results, and stays so when the project is opened anew', async () => {
    await takeAll();
    expect(await states()).toEqual(STEPS.map((step) => `${step} done`));
    project = await Project.open(project.folder);
    expect(await states()).toEqual(STEPS.map((step) => `${step} done`));
  });

  it('says which steps are out of date and because of what', async () => {
    await takeAll();
    await project.decide({ step: 'calibrate', change: { method: 'kl' } });
    expect(await states()).toEqual([
      'model done',
      'images done',
      'calibrate outdated changed.calibrate',
      'accuracy outdated changed.calibrate',
      'target outdated changed.calibrate',
      'board done',
      'run outdated changed.target',
    ]);
    await project.decide({ step: 'calibrate', change: { method: null } });
    expect(await states()).toEqual(STEPS.map((step) => `${step} done`));
  });

  it('sees a file that was changed or taken away behind our back', async () => {
    await takeAll();
    await writeFile(join(project.folder, 'net.caffemodel'), 'trained longer');
    expect((await states()).filter((state) => state.includes('changed.model'))).toHaveLength(4);
    await rm(join(project.folder, 'net.caffemodel'));
    expect((await states())[0]).toBe('model attention missing.caffemodel');
  });

  it('does not ask for a calibration where the package is fp32, or where a table is given', async () => {
    await takeAll();
    await rm(resultPath(project.folder, 'calibrate'));
    expect((await states())[2]).toBe('calibrate current no-result.calibrate');
    await project.decide({ step: 'target', change: { precision: 'fp32' } });
    expect((await states())[2]).toBe('calibrate done');
    await project.decide({ step: 'target', change: { precision: 'int8' } });
    await writeFile(join(project.folder, 'mine.table'), 'conv1 1.0');
    await project.decide({ step: 'calibrate', change: { table: 'mine.table' } });
    expect((await states())[2]).toBe('calibrate done');
  });

  it('asks for attention where the last attempt failed', async () => {
    await takeAll();
    expect((await states({ board: 'ssh.wrong-password' }))[5]).toBe('board attention ssh.wrong-password');
  });

  it('measures and builds anew when other scales are used, not when the calibration behind unused ones changes', async () => {
    await takeAll();
    await project.decide({ step: 'accuracy', change: { scales: 'best' } });
    expect((await states())[3]).toContain('outdated changed.calibrate,changed.tuning');
    expect((await states())[4]).toContain('outdated changed.calibrate,changed.tuning');
    await finish('accuracy');
    await finish('target');
    await project.decide({ step: 'calibrate', change: { method: 'kl' } });
    expect((await states()).slice(3, 5)).toEqual(['accuracy done', 'target done']);
    await mkdir(join(project.folder, 'tables'));
    await writeFile(join(project.folder, 'tables', 'best-accuracy.table'), 'conv1 1.0');
    expect((await states())[4]).toBe('target outdated changed.tuning');
  });

  it('asks for attention where a decision cannot be carried out', async () => {
    await takeAll();
    const current = await currentInputs(project, hasher);
    const facts = Object.fromEntries(STEPS.map((step) => [step, { current: current[step] }]));
    facts.accuracy = { ...facts.accuracy, problem: 'tuning.outdated' } as StepFacts;
    const statuses = await stepStates(project, facts as Record<Step, StepFacts>);
    expect(statuses[3]).toEqual({ step: 'accuracy', state: 'attention', reasons: ['tuning.outdated'] });
  });

  it('reads a project from before there was a choice of scales', async () => {
    const file = join(project.folder, 'project.json');
    const content = JSON.parse(await readFile(file, 'utf8')) as { decisions: { accuracy: object } };
    content.decisions.accuracy = { pictures: 20, keepInFloat: [] };
    await writeFile(file, JSON.stringify(content));
    project = await Project.open(project.folder);
    expect(project.decisions.accuracy).toEqual({
      ...{ pictures: 20, keepInFloat: [] },
      ...{ scales: 'calibrated', floatLayers: 'cheap' },
    });
    await project.decide({ step: 'accuracy', change: { scales: 'best' } });
    await project.decide({ step: 'accuracy', change: { pictures: 10 } });
    expect(project.decisions.accuracy.scales).toBe('best');
  });

  it('takes a damaged result for none', async () => {
    await takeAll();
    await writeFile(resultPath(project.folder, 'run'), '{"format": "cort');
    expect((await states())[6]).toBe('run current no-result.run');
  });
});
