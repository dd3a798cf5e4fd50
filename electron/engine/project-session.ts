import { join } from 'node:path';
import { readMeanFile } from '../../core/caffe/mean-file.ts';
import { CortadoError } from '../../core/common/errors.ts';
import type { TableFormat } from '../../core/calibration/table.ts';
import type { BoardArchitecture } from '../../core/deploy/architecture.ts';
import { isTensorFile, listImages } from '../../core/images/list-images.ts';
import type { Preprocessing } from '../../core/images/preprocessing.ts';
import { resolvePreprocessing, type ResolvedPreprocessing } from '../../core/images/resolve-preprocessing.ts';
import { loadNetwork } from '../../core/network/load.ts';
import type { Network } from '../../core/network/network.ts';
import { onlyInput } from '../../core/network/only-input.ts';
import { FileHasher } from '../../core/project/fingerprint.ts';
import { changedInputs, currentInputs, type Inputs } from '../../core/project/inputs.ts';
import { BEST_TABLE, CALIBRATED_TABLE, TABLE_FOLDER } from '../../core/project/layout.ts';
import type { Project } from '../../core/project/project.ts';
import { readResult } from '../../core/project/results.ts';
import type { ResultName, Step } from '../../core/project/steps.ts';
import { agentFile } from './agents.ts';
import { Labels } from './labels.ts';

/** The open project with what is derived from it: loaded once, and anew when what it rests on changes. */
export class ProjectSession {
  private readonly hasher = new FileHasher();
  private loaded: { readonly key: string; readonly network: Promise<Network> } | undefined;
  private readonly results = new Map<ResultName, { readonly at: string; readonly data: unknown }>();

  constructor(
    readonly project: Project,
    readonly resources: string,
  ) {}

  inputs(): Promise<Readonly<Record<ResultName, Inputs>>> {
    return currentInputs(this.project, this.hasher);
  }

  /** The network with its weights where they were chosen. Error: `project.undecided` before a prototxt was. */
  async network(): Promise<Network> {
    const { proto, weights } = this.project.decisions.model;
    if (proto === null) throw undecided('the prototxt', 'model');
    const model = weights === null ? undefined : this.project.pathOf(weights);
    const files = { proto: this.project.pathOf(proto), model };
    const { model: inputs } = await this.inputs();
    const key = JSON.stringify([files, inputs]);
    if (this.loaded?.key !== key) {
      const network = loadNetwork(files);
      this.loaded = { key, network };
      // A model that cannot be read is tried again when somebody asks again.
      network.catch(() => {
        if (this.loaded?.key === key) this.loaded = undefined;
      });
    }
    return this.loaded.network;
  }

  /** Pictures or tensors, as they are chosen; empty before anything is. */
  async images(): Promise<readonly string[]> {
    const { source } = this.project.decisions.images;
    return source === null ? [] : listImages(this.project.pathOf(source));
  }

  /** How pictures become the network's input; undefined where the inputs are tensors. */
  async preprocessing(images: readonly string[]): Promise<ResolvedPreprocessing | undefined> {
    if (images.length > 0 && images.every(isTensorFile)) return undefined;
    const network = await this.network();
    const { mean, meanFile, norm, size, channels } = this.project.decisions.images.preprocessing;
    return resolvePreprocessing({
      transformParams: network.transforms,
      inputShape: onlyInput(network).shape,
      flags: {
        mean: mean ?? undefined,
        meanImage: meanFile === null ? undefined : await readMeanFile(this.project.pathOf(meanFile)),
        norm: norm ?? undefined,
        size: size ?? undefined,
        channels: channels ?? undefined,
      },
    });
  }

  /** As `preprocessing`, without its notes. */
  async preprocessingValue(images: readonly string[]): Promise<Preprocessing | undefined> {
    return (await this.preprocessing(images))?.preprocessing;
  }

  async labels(): Promise<Labels> {
    const { labels, classNames } = this.project.decisions.images;
    const pathOf = (path: string | null): string | undefined => (path === null ? undefined : this.project.pathOf(path));
    return Labels.read(pathOf(labels), pathOf(classNames));
  }

  /** The scale table of the step "calibrate": the user's own, or where calibration writes its own. */
  get tableFile(): string {
    const { table } = this.project.decisions.calibrate;
    return table === null ? join(this.project.folder, TABLE_FOLDER, CALIBRATED_TABLE) : this.project.pathOf(table);
  }

  /** The accelerator's sources and what builds its bitstream: beside the resources. */
  get fpgaFolder(): string {
    return join(this.resources, '..', 'native', 'fpga');
  }

  /** The sources alone, by whose fingerprint packages and bitstreams find each other. */
  get rtlFolder(): string {
    return join(this.fpgaFolder, 'rtl');
  }

  /** The simulated accelerator of virtual Zynq boards, where `npm run fpga:simulator` builds it; CORTADO_FPGA_SIMULATION names another. */
  get simulationFolder(): string {
    return process.env.CORTADO_FPGA_SIMULATION ?? join(this.resources, '..', 'build', 'fpga');
  }

  /** Where the search for the best accuracy writes its table. */
  get bestTableFile(): string {
    return join(this.project.folder, TABLE_FOLDER, BEST_TABLE);
  }

  /** Whether the best scales, where they are wanted, belong to the model and the pictures as they are now. */
  async hasUsableScales(): Promise<boolean> {
    if (this.project.decisions.accuracy.scales !== 'best') return true;
    const stored = await readResult(this.project.folder, 'tuning');
    return stored !== undefined && changedInputs(stored.inputs, (await this.inputs()).tuning).length === 0;
  }

  /** The scale table that int8 is made with, and its format where that is known. Error: `tuning.outdated`. */
  async scales(): Promise<{ readonly file: string; readonly format: TableFormat | undefined }> {
    const { accuracy, calibrate } = this.project.decisions;
    if (accuracy.scales !== 'best') {
      return { file: this.tableFile, format: calibrate.table === null ? calibrate.format : undefined };
    }
    if (await this.hasUsableScales()) return { file: this.bestTableFile, format: 'ncnn' };
    throw new CortadoError(
      'tuning.outdated',
      'The scales of the search for the best accuracy belong to another model or to other pictures.',
      'Search again in the step Accuracy, or go back to the scales of the calibration there.',
      { location: { field: 'accuracy.scales' } },
    );
  }

  /** A stored result, whether out of date or not. */
  async result<T>(name: ResultName): Promise<T | undefined> {
    const stored = await readResult(this.project.folder, name);
    if (stored === undefined) return undefined;
    const known = this.results.get(name);
    if (known?.at === stored.at) return known.data as T;
    this.results.set(name, stored);
    return stored.data as T;
  }

  /** The same, but undefined where something that the result rests on has changed since. */
  async freshResult<T>(name: ResultName): Promise<T | undefined> {
    const stored = await readResult(this.project.folder, name);
    if (stored === undefined || changedInputs(stored.inputs, (await this.inputs())[name]).length > 0) return undefined;
    return this.result<T>(name);
  }

  agentFor = (architecture: BoardArchitecture): Promise<string> => agentFile(this.resources, architecture);
}

/** What a stage throws that needs a decision which was not made. */
export function undecided(what: string, step: Step): CortadoError {
  return new CortadoError(
    'project.undecided',
    `This needs ${what}, which has not been chosen yet.`,
    `Go back to the step "${step}" and choose it.`,
    { location: { field: step } },
  );
}
