import { readFile, rm, stat } from 'node:fs/promises';
import { Tensor as OrtTensor, type InferenceSession } from 'onnxruntime-node';
import { elementCount, type Shape, type Tensor } from '../common/tensor.ts';
import { withInputShapes } from '../network/infer.ts';
import { resolveName } from '../network/names.ts';
import type { Network } from '../network/network.ts';
import { withUnorderedOutputs } from '../onnx/unordered-outputs.ts';
import { fitsArena } from './lasting-arena.ts';
import { networkToOnnx } from './network-to-onnx.ts';
import { deviceText, openSession, type SessionSettings } from './open-session.ts';
import type { ForwardSession } from './session.ts';

/** How a model's values are called, for a process that knows no network; structured clone takes it. */
export interface ForwardPlan {
  /** By blob. */
  readonly inputs: ReadonlyMap<string, PlannedValue>;
  readonly outputs: ReadonlyMap<string, PlannedValue>;
  /** Blobs whose values may come in any order, as a histogram takes them. */
  readonly unordered: ReadonlySet<string>;
  readonly fitsArena: boolean;
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
  unordered: ReadonlySet<string> = new Set(),
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
    unordered,
    fitsArena: fitsArena(shaped),
  };
  return { plan, model: bytes };
}

/**
 * Opens a planned session on a model's file. The session's `holds` says for how long a result keeps its values. On the processor blobs that may come in any order do so where that is quicker. Rejects with ONNX Runtime's own error.
 */
export async function openPlannedSession(
  file: string,
  plan: ForwardPlan,
  given: SessionSettings,
): Promise<ForwardSession> {
  const settings = { ...given, keepsMemory: plan.fitsArena };
  const isWorthIt = settings.provider === 'cpu' && plan.unordered.size > 0 && (await stat(file)).size <= mostRewired;
  // Where ONNX Runtime does not take its own model back, the one that it was given does.
  const opened = isWorthIt ? await openUnordered(file, plan, settings).catch(() => undefined) : undefined;
  const { session, names } = opened ?? { session: await openSession(file, settings), names: undefined };
  return new PlannedSession(session, plan, names, deviceText(settings.provider));
}

/** Bytes of a model beyond which it is not rewired: it would be in memory several times, for a gain that is lost in its forward pass. */
const mostRewired = 2 ** 27;

interface Opened {
  readonly session: InferenceSession;
  /** What outputs are called, by what the plan calls them; undefined where that is the same. */
  readonly names: ReadonlyMap<string, string> | undefined;
}

/**
 * ONNX Runtime convolves in a layout of its own, and the way back to NCHW takes a fifth of the time where every blob is an output.
 * So the model that it has optimised is written and opened again without that.
 */
async function openUnordered(file: string, plan: ForwardPlan, settings: SessionSettings): Promise<Opened> {
  const optimisedFile = `${file}.${process.pid}.optimised`;
  try {
    const session = await openSession(file, { ...settings, optimisedFile });
    const unordered = [...plan.outputs].filter(([blob]) => plan.unordered.has(blob));
    const rewired = withUnorderedOutputs(
      await readFile(optimisedFile),
      new Set(unordered.map(([, { onnxName }]) => onnxName)),
    );
    if (rewired === undefined) return { session, names: undefined };
    await session.release();
    return { session: await openSession(rewired.model, { ...settings, isOptimised: true }), names: rewired.names };
  } finally {
    await rm(optimisedFile, { force: true });
  }
}

const mostHeld = 4;
/** Memory for results, as float32 values: those of at least one run are held however large they are. */
const mostHeldValues = 2 ** 24;

class PlannedSession implements ForwardSession {
  readonly inputs: ReadonlyMap<string, Shape>;
  readonly outputs: readonly string[];
  readonly holds: number;
  private readonly held: InferenceSession.OnnxValueMapType[] = [];
  private runs = 0;

  constructor(
    private readonly session: InferenceSession,
    private readonly plan: ForwardPlan,
    private readonly names: ReadonlyMap<string, string> | undefined,
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
    const place = this.runs++ % this.holds;
    if (place in this.held) giveBack(this.held[place]);
    const results = await this.session.run(feeds);
    this.held[place] = results;
    return new Map(
      [...this.plan.outputs].map(([blob, { onnxName, shape }]) => {
        const { data } = results[this.names?.get(onnxName) ?? onnxName];
        if (!(data instanceof Float32Array) || data.length !== elementCount(shape)) {
          throw new Error('ONNX Runtime returned an output of another type or size');
        }
        return [blob, { shape, data }] as const;
      }),
    );
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

/**
 * Gives the memory of results back at once, so that the next ones get what lies in the processor's cache: ONNX Runtime's binding copies
 * each result to memory of its own, even where it is given some, and the collector would let it grow to hundreds of megabytes first.
 * Engines that cannot (Node 20) leave it to the collector.
 */
function giveBack(results: InferenceSession.OnnxValueMapType): void {
  for (const { data } of Object.values(results)) {
    if (data instanceof Float32Array) (data.buffer as { transfer?: (length: number) => unknown }).transfer?.(0);
  }
}
