import type { Decisions } from '../../../core/project/schema.ts';
import type { Evidence, ImageList, PreprocessingView, Preview } from '../../../electron/shared/schemas/network.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';

type Choices = Decisions['images'];
type OptionalFile = 'labels' | 'classNames';

const PAGE = 48;
/** From here on a calibration is fair; from there on more pictures change little. */
export const FAIR = 50;
export const PLENTY = 200;

/** The pictures, how they become the network's input, and what speaks for that. */
export class ImagesStepState {
  readonly images: Resource<ImageList>;
  readonly preprocessing: Resource<PreprocessingView>;
  readonly preview: Resource<Preview>;
  readonly evidence: Resource<Evidence | null>;
  /** The picture that is looked at. */
  shown = $state(0);
  private limit = $state(PAGE);
  /** The decisions that were checked unasked last: no second time for the same ones. */
  private checked = '';

  constructor(readonly project: ProjectState) {
    const { api } = project.app;
    this.images = new Resource(() => api.call('images.list', { offset: 0, limit: this.limit }));
    this.preprocessing = new Resource(() => api.call('preprocessing.get'));
    this.preview = new Resource(() => api.call('preprocessing.preview', { index: this.shown }));
    this.evidence = new Resource(() => api.call('preprocessing.evidence'));
  }

  get choices(): Choices {
    return this.project.decisions.images;
  }

  get hasImages(): boolean {
    return this.choices.source !== null;
  }

  /** Pictures that are not shown yet. */
  get hidden(): number {
    return Math.max(0, (this.images.value?.total ?? 0) - (this.images.value?.items.length ?? 0));
  }

  /** Whether the settings could be checked and have not been, as they are now. */
  get lacksEvidence(): boolean {
    const { stages } = this.project;
    const { status } = stages.evidence.view;
    const isQuiet = Object.values(stages).every((stage) => !stage.isActive);
    return (
      isQuiet &&
      status !== 'failed' &&
      status !== 'cancelled' &&
      this.project.isDone('model') &&
      this.project.isDone('images') &&
      this.evidence.value === null &&
      !this.evidence.isLoading &&
      this.images.value?.tensors === false &&
      this.checked !== this.decided
    );
  }

  async check(): Promise<void> {
    this.checked = this.decided;
    await this.project.startUnasked('evidence');
  }

  async read(): Promise<void> {
    if (!this.hasImages) return;
    await Promise.all([this.images.load(), this.readPreprocessing(), this.evidence.load()]);
  }

  async showMore(): Promise<void> {
    this.limit += PAGE * 2;
    await this.images.load();
  }

  async show(index: number): Promise<void> {
    this.shown = index;
    await this.preview.load();
  }

  async chooseFolder(): Promise<void> {
    const { app } = this.project;
    const path = app.taken(await app.api.call('dialog.openFolder', { kind: 'images' }));
    if (typeof path === 'string') await this.use(path);
  }

  async chooseList(): Promise<void> {
    const { app } = this.project;
    const path = app.taken(await app.api.call('dialog.openFile', { kind: 'imageList' }));
    if (typeof path === 'string') await this.use(path);
  }

  async use(source: string): Promise<void> {
    this.shown = 0;
    this.limit = PAGE;
    await this.change({ source });
  }

  async chooseFile(kind: OptionalFile): Promise<void> {
    const { app } = this.project;
    const path = app.taken(await app.api.call('dialog.openFile', { kind }));
    if (typeof path === 'string') await this.change({ [kind]: path });
  }

  async removeFile(kind: OptionalFile): Promise<void> {
    await this.change({ [kind]: null });
  }

  async chooseMeanFile(): Promise<void> {
    const { app } = this.project;
    const meanFile = app.taken(await app.api.call('dialog.openFile', { kind: 'meanFile' }));
    if (typeof meanFile === 'string') await this.setPreprocessing({ meanFile, mean: null });
  }

  async setPreprocessing(change: Partial<Choices['preprocessing']>): Promise<void> {
    await this.change({ preprocessing: { ...this.choices.preprocessing, ...change } });
  }

  /** Uses what the evidence found to be surer. */
  async adopt({ channels, mean, norm }: Evidence['candidates'][number]): Promise<void> {
    await this.setPreprocessing({ channels, mean, norm, meanFile: null });
  }

  /** What the check of the settings rests on. */
  private get decided(): string {
    const { model, images } = this.project.decisions;
    return JSON.stringify({ model, images });
  }

  private async change(change: Partial<Choices>): Promise<void> {
    await this.project.decide({ step: 'images', change });
    await this.read();
  }

  private async readPreprocessing(): Promise<void> {
    await Promise.all([this.preprocessing.load(), this.preview.load()]);
  }
}
