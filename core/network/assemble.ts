import type { LayerDescription, NetDescription } from '../caffe/net.ts';
import { didYouMean } from '../caffe/suggestion.ts';
import { CortadoError } from '../common/errors.ts';
import type { ValueId } from '../graph/graph.ts';
import { layerKind, layerTypes } from '../layers/index.ts';
import type { Arity } from '../layers/kind.ts';
import type { UnshapedLayer } from './infer.ts';
import { inputShape, type InputShapeOptions } from './input-shapes.ts';
import type { NetworkInput } from './network.ts';
import { roleTypes } from './training-layers.ts';
import { wire, type Version, type WiredLayer, type Wiring } from './wire.ts';

export interface AssembleOptions extends InputShapeOptions {
  /** Blobs or layers to stop at; the network's own outputs where absent. */
  readonly outputs?: readonly string[];
}

export interface Assembled {
  readonly inputs: readonly NetworkInput[];
  readonly outputs: readonly ValueId[];
  readonly layers: readonly UnshapedLayer[];
  readonly blobs: ReadonlyMap<string, ValueId>;
  readonly warnings: Wiring['warnings'];
}

/** Chooses what a deployed network needs of a file and gives its values their names. */
export function assemble(net: NetDescription, options: AssembleOptions): Assembled {
  const wiring = wire(net);
  const outputs = options.outputs?.map((name) => requested(name, wiring, net.file)) ?? unreadVersions(wiring);
  if (outputs.length === 0) throw noOutputs(net.file);
  const needed = neededVersions(outputs, wiring);
  const layers = wiring.layers.filter((layer) => layer.outputs.some((version) => needed.has(version)));
  const ids = nameVersions(wiring);
  const id = (version: Version): ValueId => ids.get(version) ?? version.blob;
  const inputs = wiring.inputs
    .filter(({ version }) => needed.has(version))
    .map((input) => ({
      name: input.version.blob,
      value: id(input.version),
      shape: inputShape(input, net.file, options),
      layer: input.version.layer,
    }));
  return {
    inputs,
    outputs: outputs.map(id),
    layers: layers.map((layer) => instantiate(layer, id)),
    blobs: new Map(
      [...wiring.last].filter(([, version]) => needed.has(version)).map(([blob, version]) => [blob, id(version)]),
    ),
    warnings: wiring.warnings,
  };
}

function instantiate({ description, inputs, outputs }: WiredLayer, id: (version: Version) => ValueId): UnshapedLayer {
  const kind = layerKind(description.type);
  if (kind === undefined) throw unknownLayer(description);
  checkArity(description, 'bottom', description.bottoms.length, kind.bottoms);
  checkArity(description, 'top', description.tops.length, kind.tops);
  return {
    name: description.name,
    type: description.type,
    line: description.fields.line,
    bottoms: description.bottoms,
    tops: description.tops,
    inputs: inputs.map(id),
    outputs: outputs.map(id),
    form: kind.parse(description.fields),
  };
}

/** Versions that a computing layer writes and no layer reads, in the order of the file. */
function unreadVersions(wiring: Wiring): Version[] {
  const read = new Set(wiring.layers.flatMap((layer) => layer.inputs));
  const written = wiring.layers.flatMap((layer) => layer.outputs);
  return written.filter((version) => !read.has(version) && !wiring.silenced.has(version));
}

function neededVersions(outputs: readonly Version[], wiring: Wiring): Set<Version> {
  const needed = new Set(outputs);
  for (const layer of [...wiring.layers].reverse()) {
    if (layer.outputs.some((version) => needed.has(version))) for (const input of layer.inputs) needed.add(input);
    // A layer that runs writes all its tops.
    if (layer.outputs.some((version) => needed.has(version))) for (const output of layer.outputs) needed.add(output);
  }
  return needed;
}

/** The last version of a blob is called like the blob, an earlier one also like the layer that writes it. */
function nameVersions(wiring: Wiring): Map<Version, ValueId> {
  const taken = new Set<ValueId>(wiring.last.keys());
  const ids = new Map<Version, ValueId>();
  const versions = [...wiring.inputs.map((input) => input.version), ...wiring.layers.flatMap((layer) => layer.outputs)];
  for (const version of versions) {
    if (wiring.last.get(version.blob) === version) {
      ids.set(version, version.blob);
      continue;
    }
    let id = `${version.blob}@${version.layer ?? 'input'}`;
    while (taken.has(id)) id += "'";
    taken.add(id);
    ids.set(version, id);
  }
  return ids;
}

function requested(name: string, wiring: Wiring, file: string): Version {
  const version =
    wiring.last.get(name) ?? wiring.layers.find((layer) => layer.description.name === name)?.outputs.at(0);
  if (version !== undefined) return version;
  const names = [...wiring.last.keys(), ...wiring.layers.map((layer) => layer.description.name)];
  throw new CortadoError(
    'network.unknown-blob',
    `The network has no blob and no layer called ${name}.${didYouMean(name, names)}`,
    'List the names with cortado inspect.',
    { location: { file } },
  );
}

function checkArity(layer: LayerDescription, field: 'bottom' | 'top', count: number, { least, most }: Arity): void {
  if (count >= least && count <= most) return;
  const wanted = least === most ? String(least) : most === Infinity ? `${least} or more` : `${least} to ${most}`;
  throw layer.fields.fail(
    'network.arity',
    `A layer of type ${layer.type} has ${wanted} ${field}${wanted === '1' ? '' : 's'}; this one has ${count}.`,
    `Correct the ${field} lines of this layer.`,
    field,
  );
}

function unknownLayer(layer: LayerDescription): CortadoError {
  const hint = didYouMean(layer.type, [...layerTypes(), ...roleTypes]);
  return layer.fields.fail(
    'network.unknown-layer',
    `The layer ${layer.name} has the type ${layer.type}, which is not known.${hint}`,
    hint === '' ? 'Take it out of the network, or ask only for outputs before it.' : 'Correct the type in this line.',
    'type',
  );
}

function noOutputs(file: string): CortadoError {
  return new CortadoError(
    'network.no-outputs',
    'The network computes nothing in phase TEST.',
    'Give a deploy.prototxt.',
    {
      location: { file },
    },
  );
}
