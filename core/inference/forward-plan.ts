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
 * Opens a planned session on a model's file. Its outputs are written to the same memory again and again: the session's `holds`
 * says for how long a result keeps its values. Rejects with ONNX Runtime's own error.
 */
export async function openPlannedSession(
  file: string,
  plan: ForwardPlan,
  settings: SessionSettings,
): Promise<ForwardSession> {
  return new PlannedSession(await openSession(file, settings), plan, deviceText(settings.provider));
}

const mostHeld = 4;
/** Memory for results, as float32 values: those of at least one run are held however large they are. */
const mostHeldValues = 2 ** 24;

/** Memory for the results of one run. */
interface Results {
  readonly fetches: InferenceSession.OnnxValueMapType;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

class PlannedSession implements ForwardSession {
  readonly inputs: ReadonlyMap<string, Shape>;
  readonly outputs: readonly string[];
  readonly holds: number;
  private readonly results: Results[] = [];
  private runs = 0;

  constructor(
    private readonly session: InferenceSession,
    private readonly plan: ForwardPlan,
    readonly device: string,
  ) {
    this.inputs = new Map([...plan.inputs].map(([name, { shape }]) => [name, shape]));
    this.outputs = [...plan.outputs.keys()];
    const values = [...plan.outputs.values()].reduce((sum, { shape }) => sum + elementCount(shape), 1);
    this.holds = Math.max(1, Math.min(mostHeld, Math.floor(mostHeldValues / values)));
  }

  async run(inputs: ReadonlyMap<string, Tensor>): Promise<ReadonlyMap<string, Tensor>> {
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, { onnxName, shape }] of this.plan.inputs) {
      const given = inputs.get(name);
      if (given === undefined) throw new Error(`the input ${name} is missing`);
      feeds[onnxName] = new OrtTensor('float32', given.data, shape);
    }
    const { fetches, tensors } = (this.results[this.runs++ % this.holds] ??= resultsOf(this.plan));
    await this.session.run(feeds, fetches);
    return tensors;
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

function resultsOf({ outputs }: ForwardPlan): Results {
  const memory = new Map<string, Float32Array>();
  for (const { onnxName, shape } of outputs.values()) memory.set(onnxName, new Float32Array(elementCount(shape)));
  const memoryOf = ({ onnxName }: PlannedValue): Float32Array => memory.get(onnxName) ?? new Float32Array(0);
  return {
    fetches: Object.fromEntries(
      [...outputs.values()].map((value) => [value.onnxName, new OrtTensor('float32', memoryOf(value), value.shape)]),
    ),
    tensors: new Map([...outputs].map(([name, value]) => [name, { shape: value.shape, data: memoryOf(value) }])),
  };
}
