import type { AccuracyView } from '../shared/schemas/results.ts';
import { topFive } from './classify.ts';
import type { Labels } from './labels.ts';

const MOST_DIFFERENCES = 100;

interface Hits {
  top1: number;
  top5: number;
}

/** Counts how often fp32 and int8 are right, and how often they agree. */
export class Tally {
  pictures = 0;
  private labelled = 0;
  private readonly fp32: Hits = { top1: 0, top5: 0 };
  private readonly int8: Hits = { top1: 0, top5: 0 };
  private readonly agreement: Hits = { top1: 0, top5: 0 };
  private readonly differences: AccuracyView['differences'] = [];

  constructor(private readonly labels: Labels) {}

  add(picture: { readonly index: number; readonly path: string }, fp32: Float64Array, int8: Float64Array): void {
    const before = topFive(fp32, this.labels);
    const after = topFive(int8, this.labels);
    this.pictures++;
    count(this.agreement, before, after[0].index);
    const truth = this.labels.classOf(picture.path);
    if (truth !== undefined) {
      this.labelled++;
      count(this.fp32, before, truth);
      count(this.int8, after, truth);
    }
    if (before[0].index === after[0].index) return;
    this.differences.push({ ...picture, label: this.labels.labelOf(picture.path), fp32: before, int8: after });
  }

  result(): Pick<AccuracyView, 'labelled' | 'agreement' | 'differences'> {
    const { labelled } = this;
    return {
      labelled:
        labelled === 0
          ? null
          : { pictures: labelled, fp32: share(this.fp32, labelled), int8: share(this.int8, labelled) },
      agreement: share(this.agreement, this.pictures),
      differences: this.differences.sort((a, b) => b.fp32[0].value - a.fp32[0].value).slice(0, MOST_DIFFERENCES),
    };
  }
}

function count(hits: Hits, top: readonly { readonly index: number }[], wanted: number): void {
  if (top[0].index === wanted) hits.top1++;
  if (top.some(({ index }) => index === wanted)) hits.top5++;
}

function share(hits: Hits, of: number): Hits {
  return of === 0 ? { top1: 0, top5: 0 } : { top1: hits.top1 / of, top5: hits.top5 / of };
}
