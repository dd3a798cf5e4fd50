import { Tensor as OrtTensor, type InferenceSession } from 'onnxruntime-node';
import { elementCount, type Shape, type Tensor } from '../common/tensor.ts';
import { withInputShapes } from '../network/infer.ts';
import { resolveName } from '../network/names.ts';
import type { Network } from '../network/network.ts';
import { networkToOnnx } from './network-to-onnx.ts';
import { deviceText, openSession, type SessionSettings } from './open-session.ts';
import type { ForwardSession } from './session.ts';

/** How a model's values are called, for a process that knows no network; structured clone takes it. */
export interface ForwardPlan {
  /** By blob. */
  readonly inputs: ReadonlyMap<string, PlannedValue>;
  readonly outputs: ReadonlyMap<string, PlannedValue>;
}

export interface PlannedValue {
  readonly onnxName: string;
  readonly shape: Shape;
}

/**
 * What another process needs to forward a network. Undefined where some output comes from layers that run outside ONNX
 * Runtime. Errors: those of `createForwardSession` for unknown names, missing weights and shapes.
 */
export function planForward(
  network: Network,
  outputs: readonly string[],
  inputShapes: ReadonlyMap<string, Shape>,
): { readonly plan: ForwardPlan; readonly model: Uint8Array } | undefined {
  const shaped = withInputShapes(network, inputShapes);
  const wanted = outputs.map((name) => [name, resolveName(shaped, name)] as const);
  const { bytes, inputs, fetched, hostLayers } = networkToOnnx(
    shaped,
    wanted.map(([, id]) => id),
  );
  if (hostLayers.length > 0) return undefined;
  const shapes = new Map(shaped.inputs.map(({ name, shape }) => [name, shape]));
  const plan = {
    inputs: new Map([...inputs].map(([name, onnxName]) => [name, { onnxName, shape: shapes.get(name) ?? [] }])),
    outputs: new Map(
      wanted.flatMap(([name, id]) => {
        const value = fetched.get(id);
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
  };
  return { plan, model: bytes };
}

/**
 * Opens a planned session on a model's file. Its outputs are written to the same memory in every run: a tensor that `run`
 * returned is valid until the next one. Rejects with ONNX Runtime's own error.
 */
export async function openPlannedSession(
  file: string,
  plan: ForwardPlan,
  settings: SessionSettings,
): Promise<ForwardSession> {
  return new PlannedSession(await openSession(file, settings), plan, deviceText(settings.provider));
}

class PlannedSession implements ForwardSession {
  readonly inputs: ReadonlyMap<string, Shape>;
  readonly outputs: readonly string[];
  private readonly fetches: InferenceSession.OnnxValueMapType;
  private readonly results: ReadonlyMap<string, Tensor>;

  constructor(
    private readonly session: InferenceSession,
    private readonly plan: ForwardPlan,
    readonly device: string,
  ) {
    this.inputs = new Map([...plan.inputs].map(([name, { shape }]) => [name, shape]));
    this.outputs = [...plan.outputs.keys()];
    const memory = new Map<string, Float32Array>();
    const memoryOf = ({ onnxName, shape }: PlannedValue): Float32Array => {
      const data = memory.get(onnxName) ?? new Float32Array(elementCount(shape));
      memory.set(onnxName, data);
      return data;
    };
    this.results = new Map(
      [...plan.outputs].map(([name, value]) => [name, { shape: value.shape, data: memoryOf(value) }]),
    );
    this.fetches = Object.fromEntries(
      [...plan.outputs.values()].map((value) => [
        value.onnxName,
        new OrtTensor('float32', memoryOf(value), value.shape),
      ]),
    );
  }

  async run(inputs: ReadonlyMap<string, Tensor>): Promise<ReadonlyMap<string, Tensor>> {
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, { onnxName, shape }] of this.plan.inputs) {
      const given = inputs.get(name);
      if (given === undefined) throw new Error(`the input ${name} is missing`);
      feeds[onnxName] = new OrtTensor('float32', given.data, shape);
    }
    await this.session.run(feeds, this.fetches);
    return this.results;
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}
