import { CortadoError } from '../../../core/common/errors.ts';
import { ProgressMeter } from '../../../core/common/progress.ts';
import { gatherEvidence, type PreprocessingEvidence, type VariantEvidence } from '../../../core/evidence/evidence.ts';
import { decodeToPixels } from '../../../core/images/pixels.ts';
import type { Evidence } from '../../shared/schemas/network.ts';
import { answerOf } from '../classify.ts';
import type { Labels } from '../labels.ts';
import { undecided } from '../project-session.ts';
import type { Stage, StageContext } from '../stage-context.ts';
import { meanValues } from '../views.ts';

const PICTURES = 8;
/** How much more often another setting must be right before it is worth a warning. */
const CLEARLY = 0.15;
const NOTHING: Evidence = { candidates: [], pictures: [], surer: null };

interface Picture {
  readonly index: number;
  readonly path: string;
}

/** What the network answers in fp32 on a few pictures, under the settings found and under others that are common. */
export const evidence: Stage = async (context): Promise<Evidence> => {
  const { session } = context;
  const images = await session.images();
  if (images.length === 0) throw undecided('pictures', 'images');
  const pictures = await readable(context, spread(images, PICTURES));
  const gathered = pictures.length === 0 ? undefined : await gather(context, pictures);
  if (gathered === undefined) return NOTHING;
  const labels = await session.labels();
  const { variants } = gathered;
  const candidates = variants.map((variant, position) => candidateOf(variant, position, pictures, labels));
  return {
    candidates,
    pictures: pictures.map(({ index, path }, place) => ({
      index,
      path,
      label: labels.labelOf(path),
      top: variants[0].guesses[place].map((guess) => answerOf(guess, labels)),
    })),
    surer: surerByLabels(candidates) ?? surerBySureness(gathered),
  };
};

/** Those that can be decoded: one broken file in a folder is no reason to check nothing. */
async function readable(
  { session, signal, warn, onProgress }: StageContext,
  pictures: readonly Picture[],
): Promise<readonly Picture[]> {
  const preprocessing = await session.preprocessingValue(pictures.map(({ path }) => path));
  if (preprocessing === undefined) return pictures;
  const found: Picture[] = [];
  const meter = new ProgressMeter('reading pictures', pictures.length, 'pictures', onProgress);
  for (const [index, picture] of pictures.entries()) {
    meter.report(index, picture.path);
    try {
      await decodeToPixels(picture.path, preprocessing, signal);
      found.push(picture);
    } catch (error) {
      if (!(error instanceof CortadoError)) throw error;
      warn(`${picture.path}: ${error.message}`);
    }
  }
  return found;
}

/** Undefined where there is nothing to compare: tensors, or a network that is no classifier. */
async function gather(
  { session, signal, onProgress }: StageContext,
  pictures: readonly Picture[],
): Promise<PreprocessingEvidence | undefined> {
  const paths = pictures.map(({ path }) => path);
  const preprocessing = await session.preprocessingValue(paths);
  if (preprocessing === undefined) return undefined;
  try {
    return await gatherEvidence({
      network: await session.network(),
      preprocessing,
      pictures: paths,
      signal,
      onProgress,
    });
  } catch (error) {
    if (error instanceof CortadoError && error.code === 'evidence.not-a-classifier') return undefined;
    throw error;
  }
}

function candidateOf(
  { preprocessing, sureness, guesses }: VariantEvidence,
  position: number,
  pictures: readonly Picture[],
  labels: Labels,
): Evidence['candidates'][number] {
  const labelled = pictures.flatMap(({ path }, place) => {
    const truth = labels.classOf(path);
    return truth === undefined ? [] : [guesses[place][0].class === truth];
  });
  const { channels, norm } = preprocessing;
  return {
    used: position === 0,
    channels,
    norm,
    mean: meanValues(preprocessing),
    certainty: sureness.top1,
    top1: labelled.length === 0 ? null : labelled.filter(Boolean).length / labelled.length,
  };
}

/** Undefined without labels. */
function surerByLabels(candidates: Evidence['candidates']): number | null | undefined {
  const shares = candidates.map(({ top1 }) => top1);
  const [own] = shares;
  if (own === null) return undefined;
  const best = shares.reduce<number>((most, share, place) => ((share ?? 0) > (shares[most] ?? 0) ? place : most), 0);
  return (shares[best] ?? 0) > own + CLEARLY ? best : null;
}

function surerBySureness({ variants, surer }: PreprocessingEvidence): number | null {
  return surer === undefined ? null : variants.indexOf(surer);
}

/** At most `count` pictures, evenly over the list. */
function spread(images: readonly string[], count: number): readonly Picture[] {
  const few = Math.min(count, images.length);
  return Array.from({ length: few }, (_, i) => {
    const index = Math.floor((i * images.length) / few);
    return { index, path: images[index] };
  });
}
