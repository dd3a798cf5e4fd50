import type { AccuracyView } from '../../../electron/shared/schemas/results.ts';

export type Advice = AccuracyView['advice'][number];

/** Of fewer pictures one weighs more than two points. */
const FEW_PICTURES = 50;
/** An fp32 network that is right less often than this is rather fed wrongly than bad. */
const POOR = 0.5;
/** int8 counts as good from this agreement on, or where it loses no more than this of the labelled pictures. */
const GOOD_AGREEMENT = 0.98;
const GOOD_LOSS = 0.01;
/** Below this agreement something is to be done even where no layer stands out. */
const WEAK_AGREEMENT = 0.95;

/** Whether the network gives classes that can be compared; of one that does not, only the layers' errors are told. */
export function hasAnswers({ agreement, differences }: AccuracyView): boolean {
  return agreement.top1 > 0 || differences.length > 0;
}

/** What to do after a measurement, most important first: what the engine said of single layers, and what the figures say. */
export function adviceOn(view: AccuracyView): readonly Advice[] {
  const { labelled, agreement, pictures, advice } = view;
  const plain = (code: string): Advice => ({ code, layers: [] });
  const answers = hasAnswers(view);
  const isPoor = labelled !== null && labelled.fp32.top5 < POOR;
  const isGood =
    labelled === null ? agreement.top1 >= GOOD_AGREEMENT : labelled.fp32.top1 - labelled.int8.top1 <= GOOD_LOSS;
  return [
    ...(isPoor ? [plain('fp32-poor')] : []),
    ...advice,
    ...(answers && !isPoor && isGood && advice.length === 0 ? [plain('good')] : []),
    ...(answers && !isPoor && !isGood && agreement.top1 < WEAK_AGREEMENT ? [plain('best-accuracy')] : []),
    ...(pictures < FEW_PICTURES ? [plain('few-pictures')] : []),
    ...(labelled === null && answers ? [plain('no-labels')] : []),
  ];
}
