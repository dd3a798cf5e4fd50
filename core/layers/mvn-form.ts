import { elementCount } from '../common/tensor.ts';
import type { FloatFunction } from '../graph/float-functions.ts';
import type { Operation, Value } from '../graph/graph.ts';
import type { LoweringContext } from './kind.ts';

interface MvnParameters {
  readonly withVariance: boolean;
  readonly acrossChannels: boolean;
  readonly eps: number;
}

/** x - mean, and where asked for that times 1 / (sqrt(mean of squares) + eps), from reductions and broadcasts. */
export function lowerMvn(context: LoweringContext, { withVariance, acrossChannels, eps }: MvnParameters): Operation[] {
  const { layer, bottoms, tops } = context;
  const [bottom] = bottoms;
  const [top] = tops;
  const statistic = bottom.shape.map((extent, axis) => (axis < (acrossChannels ? 1 : 2) ? extent : 1));
  const length = elementCount(bottom.shape) / elementCount(statistic);
  const apply = (form: FloatFunction, inputs: readonly Value[], output: Value): Operation => ({
    ...form,
    layer,
    inputs: inputs.map(({ id }) => id),
    output: output.id,
  });

  const mean = context.between('mean', statistic);
  const centred = withVariance ? context.between('centred', bottom.shape) : top;
  const centring = [
    apply({ kind: 'reduction', function: 'sum', factor: -1 / length }, [bottom], mean),
    apply({ kind: 'broadcast', function: 'add' }, [bottom, mean], centred),
  ];
  if (!withVariance) return centring;
  const [variance, deviation, inverse] = ['variance', 'deviation', 'inverse'].map((name) =>
    context.between(name, statistic),
  );
  return [
    ...centring,
    apply({ kind: 'reduction', function: 'square-sum', factor: 1 / length }, [centred], variance),
    apply({ kind: 'unary', function: 'power', a: 0, b: 1, c: 0.5 }, [variance], deviation),
    apply({ kind: 'unary', function: 'power', a: eps, b: 1, c: -1 }, [deviation], inverse),
    apply({ kind: 'broadcast', function: 'multiply' }, [centred, inverse], top),
  ];
}
