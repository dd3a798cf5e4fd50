import type { WeightBlob } from '../caffe/blob.ts';
import type { CaffeWarning } from '../caffe/schema-check.ts';
import type { Shape } from '../common/tensor.ts';
import type { Value, ValueId } from '../graph/graph.ts';
import type { LayerForm, WeightShape } from '../layers/kind.ts';
import type { TransformParameters } from './transform.ts';

/** A Caffe network for deployment: what runs in phase TEST, with shapes, and with weights where a model was given. */
export interface Network {
  readonly name: string;
  /** The prototxt. */
  readonly file: string;
  /** The caffemodel, where one was given. */
  readonly modelFile: string | undefined;
  readonly format: 'V0' | 'V1' | 'V2';
  readonly inputs: readonly NetworkInput[];
  /** Values that no layer reads, in Caffe's order (or those asked for). */
  readonly outputs: readonly ValueId[];
  /** In execution order; Input, data and loss layers are not among them. */
  readonly layers: readonly NetworkLayer[];
  /** Every version of every blob. */
  readonly values: ReadonlyMap<ValueId, Value>;
  /** The last value of each blob, which is what a blob's name means after the forward pass. */
  readonly blobs: ReadonlyMap<string, ValueId>;
  /** Those of layers of phase TEST first. */
  readonly transforms: readonly TransformParameters[];
  readonly warnings: readonly CaffeWarning[];
  readonly macs: number;
  readonly parameters: number;
}

export interface NetworkInput {
  /** Blob name. */
  readonly name: string;
  readonly value: ValueId;
  readonly shape: Shape;
  /** Name of the Input or data layer; absent for `input:`. */
  readonly layer: string | undefined;
}

export interface NetworkLayer {
  readonly name: string;
  /** Canonical (V2) type. */
  readonly type: string;
  /** Where the layer begins in the prototxt. */
  readonly line: number;
  /** Caffe's blob names. */
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  /** The versions of those blobs that it reads and writes. */
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly form: LayerForm;
  readonly weightShapes: readonly WeightShape[];
  /** Undefined where no model was given; empty for a layer without trained values. */
  readonly weights: readonly WeightBlob[] | undefined;
  readonly macs: number;
  readonly parameters: number;
}

/** The value of that id; a defect of the caller where there is none. */
export function valueOf(network: Pick<Network, 'values'>, id: ValueId): Value {
  const value = network.values.get(id);
  if (value === undefined) throw new RangeError(`the network has no value ${id}`);
  return value;
}
