import { parse } from 'node:path';
import { CortadoError } from '../../common/errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { pictureSize } from '../../images/decode-image.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import type { Answers } from '../evaluate.ts';
import { averagePrecisions, type ClassPrecision, type JudgedPicture } from './average-precision.ts';
import type { TruthBox } from './boxes.ts';
import { classNumbers } from './class-numbers.ts';
import { foundBoxes } from './detections.ts';
import type { BoxFile } from './read-boxes.ts';

/** How well one network finds objects: mean average precision, by class. Shares from 0 to 1. */
export interface DetectionScores {
  /** Of `ap` over the classes. */
  readonly map: number;
  /** Of `ap11`. */
  readonly map11: number;
  readonly classes: readonly ClassPrecision[];
}

export interface DetectionResult {
  /** The least overlap that counts as found. */
  readonly iou: number;
  /** Pictures with annotations. */
  readonly pictures: number;
  readonly fp32: DetectionScores;
  readonly int8: DetectionScores;
}

export interface JudgeOptions {
  readonly boxes: BoxFile;
  /** By number. */
  readonly classNames?: readonly string[] | undefined;
  readonly iou: number;
  readonly preprocessing: Preprocessing;
}

/** Collects what a detector and its int8 form find, and compares it with what pictures show. */
export class DetectionJudge {
  private readonly output: number;
  private readonly numberOf: (label: string) => number;
  private readonly answers: { readonly path: string; readonly fp32: Float32Array; readonly int8: Float32Array }[] = [];

  /** Errors: `evaluation.no-detector` where no output is one of a DetectionOutput layer, `evaluation.boxes-class`. */
  constructor(
    graph: Graph,
    private readonly options: JudgeOptions,
  ) {
    const { output, classes } = detectionOutput(graph);
    this.output = output;
    this.numberOf = classNumbers(classes, options.classNames);
    for (const list of options.boxes.values()) for (const { label } of list) this.numberOf(label);
  }

  add({ path, fp32, int8 }: Answers): void {
    if (!this.options.boxes.has(parse(path).name)) return;
    this.answers.push({ path, fp32: fp32[this.output], int8: int8[this.output] });
  }

  /** Error: `evaluation.no-boxes` where no picture has annotations. */
  async result(): Promise<DetectionResult> {
    const { iou, preprocessing } = this.options;
    if (this.answers.length === 0) throw noBoxes();
    const truths = await Promise.all(this.answers.map(({ path }) => this.truthOf(path)));
    const scores = (rowsOf: (answer: { fp32: Float32Array; int8: Float32Array }) => Float32Array): DetectionScores =>
      scoresOf(
        this.answers.map((answer, i) => ({ truth: truths[i], found: foundBoxes(rowsOf(answer), preprocessing) })),
        iou,
      );
    return {
      iou,
      pictures: this.answers.length,
      fp32: scores(({ fp32 }) => fp32),
      int8: scores(({ int8 }) => int8),
    };
  }

  private async truthOf(path: string): Promise<readonly TruthBox[]> {
    const { width, height } = await pictureSize(path);
    return (this.options.boxes.get(parse(path).name) ?? []).map(({ label, left, top, right, bottom, difficult }) => ({
      label: this.numberOf(label),
      box: { left: left / width, top: top / height, right: right / width, bottom: bottom / height },
      difficult,
    }));
  }
}

function scoresOf(pictures: readonly JudgedPicture[], iou: number): DetectionScores {
  const classes = averagePrecisions(pictures, iou);
  const mean = (value: (of: ClassPrecision) => number): number =>
    classes.length === 0 ? 0 : classes.reduce((sum, of) => sum + value(of), 0) / classes.length;
  return { map: mean(({ ap }) => ap), map11: mean(({ ap11 }) => ap11), classes };
}

function detectionOutput(graph: Graph): { readonly output: number; readonly classes: number } {
  for (const operation of graph.operations) {
    const place = graph.outputs.indexOf(operation.output);
    if (operation.kind === 'detection-output' && place >= 0) {
      return { output: place, classes: operation.parameters.classes };
    }
  }
  throw new CortadoError(
    'evaluation.no-detector',
    'The network has no output of a DetectionOutput layer, so nothing says which boxes it finds.',
    'Leave --boxes out; detectors whose boxes are decoded outside of the network are compared by their outputs.',
    { location: { field: '--boxes' } },
  );
}

function noBoxes(): CortadoError {
  return new CortadoError(
    'evaluation.no-boxes',
    'None of the pictures has annotations.',
    'Annotations go by the names of the pictures, without folder and ending: dog.jpg has dog.xml.',
  );
}
