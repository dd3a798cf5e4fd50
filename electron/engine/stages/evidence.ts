import { normalise } from '../../../core/images/normalise.ts';
import { decodeToPixels } from '../../../core/images/pixels.ts';
import type { Preprocessing } from '../../../core/images/preprocessing.ts';
import { ProgressMeter } from '../../../core/common/progress.ts';
import { createForwardSession } from '../../../core/inference/onnx-session.ts';
import type { ForwardSession } from '../../../core/inference/session.ts';
import { onlyInput } from '../../../core/network/only-input.ts';
import type { Evidence } from '../../shared/schemas/network.ts';
import { classScores, probabilities, topFive } from '../classify.ts';
import { undecided } from '../project-session.ts';
import type { Stage, StageContext } from '../stage-context.ts';
import { meanValues } from '../views.ts';

const PICTURES = 8;
/** How much surer another setting must be before it is worth a warning. */
const CLEARLY = 0.15;

/** What the network answers in fp32 on a few pictures, under the settings found and under others that are common. */
export const evidence: Stage = async (context): Promise<Evidence> => {
  const { session } = context;
  const images = await session.images();
  if (images.length === 0) throw undecided('pictures', 'images');
  const used = await session.preprocessingValue(images);
  if (used === undefined) return { candidates: [], pictures: [], surer: null };
  const network = await session.network();
  const input = onlyInput(network);
  const shape = [1, ...input.shape.slice(1)];
  const forward = await createForwardSession(network, { inputShapes: new Map([[input.name, shape]]) });
  try {
    const few = spread(images, PICTURES);
    const settings = [used, ...alternatives(used)];
    const meter = new ProgressMeter('trying preprocessing', settings.length * few.length, 'runs', context.onProgress);
    const candidates: Evidence['candidates'] = [];
    let pictures: Evidence['pictures'] = [];
    for (const [position, preprocessing] of settings.entries()) {
      const answers = await classify(context, forward, few, { input: input.name, shape, preprocessing }, (done) => {
        meter.report(position * few.length + done);
      });
      if (answers === undefined) break;
      if (position === 0) pictures = answers.pictures;
      const { channels, norm } = preprocessing;
      const { certainty, top1 } = answers;
      candidates.push({ used: position === 0, channels, norm, mean: meanValues(preprocessing), certainty, top1 });
    }
    return { candidates, pictures, surer: surest(candidates) };
  } finally {
    await forward.close();
  }
};

interface Setting {
  readonly input: string;
  readonly shape: readonly number[];
  readonly preprocessing: Preprocessing;
}

async function classify(
  { session, signal }: StageContext,
  forward: ForwardSession,
  images: readonly { readonly index: number; readonly path: string }[],
  { input, shape, preprocessing }: Setting,
  onPicture: (done: number) => void,
): Promise<{ pictures: Evidence['pictures']; certainty: number; top1: number | null } | undefined> {
  const labels = await session.labels();
  const pictures: Evidence['pictures'] = [];
  let certainty = 0;
  let labelled = 0;
  let right = 0;
  for (const { index, path } of images) {
    const data = normalise(await decodeToPixels(path, preprocessing, signal), preprocessing);
    const scores = classScores(await forward.run(new Map([[input, { shape, data }]])));
    signal.throwIfAborted();
    if (scores === undefined) return undefined;
    const top = topFive(probabilities(scores), labels);
    const truth = labels.classOf(path);
    certainty += top[0].value / images.length;
    if (truth !== undefined) labelled++;
    if (truth === top[0].index) right++;
    pictures.push({ index, path, label: labels.labelOf(path), top });
    onPicture(pictures.length);
  }
  return { pictures, certainty, top1: labelled === 0 ? null : right / labelled };
}

/** Other channel order, other scale: what models are most often trained with. */
function alternatives(used: Preprocessing): Preprocessing[] {
  const zero = { kind: 'values' as const, values: meanValues(used).map(() => 0) };
  const half = { kind: 'values' as const, values: meanValues(used).map(() => 127.5) };
  const all: Preprocessing[] = [
    ...(used.channels === 'gray'
      ? []
      : [{ ...used, channels: used.channels === 'bgr' ? ('rgb' as const) : ('bgr' as const) }]),
    { ...used, norm: 1 },
    { ...used, mean: zero, norm: 1 },
    { ...used, mean: zero, norm: 1 / 255 },
    { ...used, mean: half, norm: 1 / 127.5 },
  ];
  const keys = new Set([JSON.stringify(used)]);
  return all.filter((candidate) => {
    const key = JSON.stringify(candidate);
    return !keys.has(key) && keys.add(key);
  });
}

/** Labels decide where there are some, else how sure the network is. */
function surest(candidates: Evidence['candidates']): number | null {
  if (candidates.length === 0) return null;
  const scores = candidates.map(({ certainty, top1 }) => top1 ?? certainty);
  const best = scores.indexOf(Math.max(...scores));
  return scores[best] > scores[0] + CLEARLY ? best : null;
}

/** At most `count` pictures, evenly over the list. */
function spread(images: readonly string[], count: number): { readonly index: number; readonly path: string }[] {
  const few = Math.min(count, images.length);
  return Array.from({ length: few }, (_, i) => {
    const index = Math.floor((i * images.length) / few);
    return { index, path: images[index] };
  });
}
