import type { Constants } from './constants.ts';
import { ConvolutionEmitter } from './emit-convolution.ts';
import { BASES, bufferOf, RowRing, type EmitContext } from './emit-context.ts';
import { emitFollowed, followedConvolution } from './emit-together.ts';
import { emitLoad, emitStore } from './emit-transfers.ts';
import { VectorEmitter } from './emit-vector.ts';
import { END, STAMP } from './instructions/control.ts';
import type { AcceleratorPart } from './parts.ts';
import type { LayerPlan, Side } from './plan.ts';
import type { LayerEmitter } from './layer-emitter.ts';
import { ProgramBuilder, type Instruction } from './program-builder.ts';
import type { Placed } from './storage.ts';

export const STAMP_BYTES = 8;

/** Where a layer's stamp is, in units of STAMP_BYTES from the base of stamps; its tag is the operation's position. */
export interface LayerStamp {
  readonly operation: number;
  readonly layer: string;
  readonly index: number;
}

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly stamps: readonly LayerStamp[];
}

interface Work {
  readonly plan: LayerPlan;
  readonly band: number;
  readonly emitter: LayerEmitter;
}

/**
 * Writes the program of planned layers. Each band's loads stand before the band ahead of it computes, so that they overlap, unless
 * they wait for what that band stores.
 */
export function emitProgram(
  part: AcceleratorPart,
  plans: readonly LayerPlan[],
  placed: Placed,
  offsets: ReadonlyMap<number, number>,
  constants: Constants,
  firstStamp: number,
): Program {
  const builder = new ProgramBuilder(part);
  const context: EmitContext = {
    builder,
    constants,
    placed,
    offsets,
    parameterRows: new RowRing(part.parameterRows),
    vectorWeightRows: new RowRing(part.vectorWeightRows),
    traffic: new Map(),
  };
  const works = takeTurns(
    plans.map((plan) => {
      const { layer } = plan.step;
      const emitter =
        layer.kind === 'convolution'
          ? new ConvolutionEmitter(context, plan, layer)
          : new VectorEmitter(context, plan, layer);
      return plan.bands.map((_, band) => ({ plan, band, emitter }));
    }),
  );
  const loadedAgain = new Set(
    plans.flatMap(({ inputs }) => inputs.filter(({ usesMemory }) => usesMemory).map(({ storage }) => storage)),
  );
  const stamps: LayerStamp[] = [];
  const isLoaded = works.map(() => false);
  const load = (index: number): void => {
    if (index >= works.length || isLoaded[index]) return;
    isLoaded[index] = true;
    const { plan, band, emitter } = works[index];
    builder.operation = plan.step.layer.operation;
    if (band === 0) emitter.loadTables();
    for (const side of plan.inputs) emitLoad(context, plan, side, band);
  };
  let followed: { readonly index: number; readonly last: number } | undefined;
  /** Computes a band; the result is its last instruction. */
  const compute = (index: number): number => {
    const { band, emitter } = works[index];
    if (followed?.index === index) return followed.last;
    const next = works[index + 1] as Work | undefined;
    const together = next !== undefined && isLoaded[index + 1] ? followedConvolution(works[index], next) : undefined;
    if (together === undefined) {
      emitter.compute(band);
      return builder.instructions.length - 1;
    }
    const last = emitFollowed(builder, together);
    followed = { index: index + 1, last: builder.instructions.length - 1 };
    return last;
  };
  works.forEach(({ plan, band }, index) => {
    const { operation, name } = plan.step.layer;
    load(index);
    if (index + 1 < works.length && canLoadAhead(works[index], works[index + 1])) load(index + 1);
    builder.operation = operation;
    const last = compute(index);
    builder.operation = operation;
    const isLast = band + 1 === plan.bands.length;
    emitStore(context, plan, band, loadedAgain.has(plan.output.storage));
    if (!isLast) return;
    stamps.push({ operation, layer: name, index: firstStamp + stamps.length });
    const offset = (firstStamp + stamps.length - 1) * STAMP_BYTES;
    builder.emit(
      'store',
      STAMP,
      { offset, base: BASES.stamps, tag: operation },
      { after: [last] },
      { cycles: 1, bytes: 8 },
    );
  });
  const everything = lastOfEachQueue(builder.instructions);
  builder.emit('store', END, {}, { after: everything }, { cycles: 1, bytes: 0 });
  return { instructions: builder.instructions, stamps };
}

/**
 * Whether a band's loads may stand before the band ahead of it computes: they need nothing that it stores, and overwrite nothing that
 * it still uses, neither in the activation buffer nor in the tables.
 */
function canLoadAhead(current: Work, next: Work): boolean {
  const readsStored = next.plan.inputs.some(
    ({ storage, usesMemory }) => usesMemory && storage === current.plan.output.storage,
  );
  const stored = current.plan.bands[current.band].from;
  if (next.plan !== current.plan && readsStored && next.plan.bands[next.band].endInput > stored) return false;
  if (next.band === 0 && !current.emitter.tablesFitWith(next.emitter)) return false;
  const used = [...current.plan.inputs, current.plan.output].map((side) => wordsUsed(side, current.band));
  return next.plan.inputs
    .filter(({ usesMemory }) => usesMemory)
    .map((side) => wordsUsed(side, next.band))
    .every(({ from, to }) => used.every((other) => other.to <= from || other.from >= to));
}

/**
 * Puts the bands of a layer that loads its predecessor's result between that one's bands, one band behind what is stored: so both
 * layers' transfers and work overlap.
 */
function takeTurns(layers: readonly (readonly Work[])[]): readonly Work[] {
  const works: Work[] = [];
  for (let index = 0; index < layers.length; index += 1) {
    const first = layers[index];
    const second = layers[index + 1] as readonly Work[] | undefined;
    const isByRows = first.every(({ plan, band }) => plan.bands[band].firstBlock === 0);
    if (
      second === undefined ||
      !first[0].plan.runsWithNext ||
      !isByRows ||
      !first[0].emitter.tablesFitWith(second[0].emitter)
    ) {
      works.push(...first);
      continue;
    }
    let next = 0;
    for (const work of first) {
      works.push(work);
      const stored = work.plan.bands[work.band].from;
      for (; next < second.length && second[next].plan.bands[next].endInput <= stored; next += 1)
        works.push(second[next]);
    }
    works.push(...second.slice(next));
    index += 1;
  }
  return works;
}

function wordsUsed(side: Side, band: number): { readonly from: number; readonly to: number } {
  const { base, planeStep } = bufferOf(side, band);
  return { from: base, to: base + side.planes * planeStep };
}

/** The last instruction of each queue that exchanges tokens and can give one. */
function lastOfEachQueue(instructions: readonly Instruction[]): readonly number[] {
  const last = new Map<string, number>();
  instructions.forEach(({ queue, words }, index) => {
    if (![1, 5, 6, 8, 9, 11].includes(words[0] & 15)) last.set(queue, index);
  });
  return [...last.values()];
}
