import { overlap, type FoundBox, type TruthBox } from './boxes.ts';

/** What one picture shows, and what was found in it. */
export interface JudgedPicture {
  readonly truth: readonly TruthBox[];
  readonly found: readonly FoundBox[];
}

export interface ClassPrecision {
  readonly label: number;
  /** Objects that count: those that are not difficult. */
  readonly objects: number;
  /** Area under the curve of precision over recall, made falling: Pascal VOC from 2010 on. */
  readonly ap: number;
  /** Mean of the best precision at recalls from 0, 0.1 … 1 on: Pascal VOC until 2009. */
  readonly ap11: number;
}

/**
 * Average precision by class, of those that occur, after the development kit of Pascal VOC (Everingham et al., "The Pascal
 * Visual Object Classes (VOC) Challenge", 2010): what was found is taken from the surest on; each looks for the object of its
 * class with the largest overlap in its picture, and is right where that reaches `iou` and nothing surer has that object;
 * a difficult object makes what found it count neither way.
 */
export function averagePrecisions(pictures: readonly JudgedPicture[], iou: number): readonly ClassPrecision[] {
  const labels = new Set(pictures.flatMap(({ truth }) => truth.filter((t) => !t.difficult).map(({ label }) => label)));
  return [...labels].sort((a, b) => a - b).map((label) => ofClass(pictures, label, iou));
}

function ofClass(pictures: readonly JudgedPicture[], label: number, iou: number): ClassPrecision {
  const objects = pictures.flatMap(({ truth }) => truth).filter((t) => t.label === label && !t.difficult).length;
  const found = pictures.flatMap(({ truth, found: boxes }) => {
    const own = truth.filter((t) => t.label === label);
    return boxes.filter((b) => b.label === label).map((box) => ({ box, own }));
  });
  const taken = new Set<TruthBox>();
  const curve: CurvePoint[] = [];
  let [right, wrong] = [0, 0];
  for (const { box, own } of found.sort((a, b) => b.box.confidence - a.box.confidence)) {
    const { best, share } = nearest(box, own);
    if (best !== undefined && share >= iou) {
      if (best.difficult) continue;
      if (taken.has(best)) wrong++;
      else right++;
      taken.add(best);
    } else {
      wrong++;
    }
    curve.push({ recall: right / objects, precision: right / (right + wrong) });
  }
  return { label, objects, ap: areaUnder(curve), ap11: elevenPoints(curve) };
}

interface CurvePoint {
  readonly recall: number;
  readonly precision: number;
}

function nearest(found: FoundBox, truth: readonly TruthBox[]): { readonly best?: TruthBox; readonly share: number } {
  return truth.reduce<{ readonly best?: TruthBox; readonly share: number }>(
    (nearer, best) => {
      const share = overlap(found.box, best.box);
      return share > nearer.share ? { best, share } : nearer;
    },
    { share: 0 },
  );
}

/** The best precision at this recall or a larger one. */
function bestFrom(curve: readonly CurvePoint[], recall: number): number {
  return curve.reduce((best, point) => (point.recall >= recall ? Math.max(best, point.precision) : best), 0);
}

function areaUnder(curve: readonly CurvePoint[]): number {
  let [area, best, next] = [0, 0, 0];
  curve.toReversed().forEach(({ recall, precision }, index) => {
    if (index > 0) area += (next - recall) * best;
    best = Math.max(best, precision);
    next = recall;
  });
  return area + next * best;
}

function elevenPoints(curve: readonly CurvePoint[]): number {
  // 0.1 * 3 is more than 0.3 in binary: tenths are divided.
  const points = Array.from({ length: 11 }, (_, i) => bestFrom(curve, i / 10));
  return points.reduce((sum, precision) => sum + precision, 0) / points.length;
}
