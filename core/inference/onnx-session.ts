import { availableParallelism } from 'node:os';
import { Tensor as OrtTensor, type InferenceSession } from 'onnxruntime-node';
import { CortadoError, errorText } from '../common/errors.ts';
import { elementCount, shapeText, type Shape, type Tensor } from '../common/tensor.ts';
import { withInputShapes } from '../network/infer.ts';
import type { Network } from '../network/network.ts';
import type { ValueId } from '../graph/graph.ts';
import { resolveName } from '../network/names.ts';
import type { ProviderId } from './devices/providers.ts';
import { fitsArena } from './lasting-arena.ts';
import { networkToOnnx, type OnnxModel } from './network-to-onnx.ts';
import { deviceText, openSession } from './open-session.ts';
import type { ForwardSession } from './session.ts';

export interface ForwardOptions {
  /** Names of blobs or layers; the network's outputs where absent. */
  readonly outputs?: readonly string[];
  /** Shapes by input blob; the network's own where absent. */
  readonly inputShapes?: ReadonlyMap<string, Shape>;
  /** Threads of one run; all cores where absent. */
  readonly threads?: number;
  /** The processor where absent. One that was tried (`chooseDevice`), in a process of its own: others may crash it. */
  readonly provider?: ProviderId;
}

/**
 * A network ready to run in float32.
 * @throws CortadoError `network.*` for unknown names, weights that are missing, inputs that do not fit;
 *   `inference.session` where ONNX Runtime refuses the network
 */
export async function createForwardSession(network: Network, options: ForwardOptions = {}): Promise<ForwardSession> {
  const shaped = options.inputShapes === undefined ? network : withInputShapes(network, options.inputShapes);
  const names = options.outputs ?? network.outputs;
  const wanted = new Map(names.map((name) => [name, resolveName(shaped, name)]));
  const model = networkToOnnx(shaped, [...wanted.values()]);
  const { provider = 'cpu', threads = availableParallelism() } = options;
  const settings = { provider, threads, keepsMemory: fitsArena(shaped) };
  const session = await openSession(model.bytes, settings).catch((cause: unknown) => {
    throw refused(cause, network.file);
  });
  const inputs = new Map(shaped.inputs.map(({ name, shape }) => [name, shape]));
  return new OnnxForwardSession(session, deviceText(provider), model, inputs, wanted);
}

function refused(cause: unknown, file: string): CortadoError {
  return new CortadoError(
    'inference.session',
    `ONNX Runtime refused the network: ${errorText(cause)}.`,
    'This is a defect of Cortado or too little memory: please report it with the prototxt.',
    { location: { file }, cause },
  );
}

class OnnxForwardSession implements ForwardSession {
  readonly outputs: readonly string[];
  private running = false;

  constructor(
    private readonly session: InferenceSession,
    readonly device: string,
    private readonly model: OnnxModel,
    readonly inputs: ReadonlyMap<string, Shape>,
    private readonly wanted: ReadonlyMap<string, ValueId>,
  ) {
    this.outputs = [...wanted.keys()];
  }

  async run(inputs: ReadonlyMap<string, Tensor>): Promise<ReadonlyMap<string, Tensor>> {
    if (this.running) throw new Error('a session runs one forward pass at a time');
    const feeds = this.feeds(inputs);
    this.running = true;
    try {
      const results = await this.session.run(feeds);
      return this.collect(results);
    } finally {
      this.running = false;
    }
  }

  async close(): Promise<void> {
    await this.session.release();
  }

  /** What was asked for, from what ONNX Runtime returned and what the layers after it make of that. */
  private collect(results: InferenceSession.OnnxValueMapType): ReadonlyMap<string, Tensor> {
    const values = new Map<ValueId, Tensor>();
    for (const [id, { onnxName, shape }] of this.model.fetched) values.set(id, takeTensor(results[onnxName], shape));
    const valueOf = (id: ValueId): Tensor => {
      const value = values.get(id);
      if (value === undefined) throw new Error(`the value ${id} was not computed`);
      return value;
    };
    for (const layer of this.model.hostLayers) {
      const tops = layer.form.runOnHost?.(layer.inputs.map(valueOf)) ?? [];
      tops.forEach((top, index) => values.set(layer.outputs[index], top));
    }
    return new Map([...this.wanted].map(([name, id]) => [name, valueOf(id)]));
  }

  private feeds(inputs: ReadonlyMap<string, Tensor>): Record<string, OrtTensor> {
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, shape] of this.inputs) {
      const given = inputs.get(name);
      if (given === undefined || shapeText(given.shape) !== shapeText(shape)) throw wrongInput(name, shape, given);
      const onnxName = this.model.inputs.get(name);
      if (onnxName !== undefined) feeds[onnxName] = new OrtTensor('float32', given.data, shape);
    }
    return feeds;
  }
}

/** A copy, since the runtime's own buffers live as long as its tensors. */
function takeTensor(result: InferenceSession.OnnxValueMapType[string] | undefined, shape: Shape): Tensor {
  const data = result?.data;
  if (!(data instanceof Float32Array) || data.length !== elementCount(shape)) {
    throw new Error('ONNX Runtime returned an output of another type or shape');
  }
  return { shape, data: data.slice() };
}

function wrongInput(name: string, shape: Shape, given: Tensor | undefined): CortadoError {
  return new CortadoError(
    'inference.input-shape',
    given === undefined
      ? `The input ${name} is missing.`
      : `The input ${name} must be ${shapeText(shape)}, not ${shapeText(given.shape)}.`,
    'Give an input of the shape that the network wants.',
    { location: { field: name } },
  );
}
