import type { InputDescription, LayerDescription, NetDescription } from '../caffe/net.ts';
import type { CaffeWarning } from '../caffe/schema-check.ts';
import { didYouMean } from '../caffe/suggestion.ts';
import { CortadoError } from '../common/errors.ts';
import { layerRole } from './training-layers.ts';

/** One version of a blob: what one layer writes into it. */
export interface Version {
  readonly blob: string;
  /** Name of the layer that writes it; absent for `input:`. */
  readonly layer: string | undefined;
}

export interface WiredInput {
  readonly version: Version;
  readonly source: InputDescription | LayerDescription;
  /** Which top of the source it is. */
  readonly index: number;
}

export interface WiredLayer {
  readonly description: LayerDescription;
  readonly inputs: readonly Version[];
  readonly outputs: readonly Version[];
}

/** Layers joined by the versions of blobs that they read and write; training's layers are gone. */
export interface Wiring {
  readonly inputs: readonly WiredInput[];
  readonly layers: readonly WiredLayer[];
  /** The last version of each blob. */
  readonly last: ReadonlyMap<string, Version>;
  /** Versions that a Silence layer swallows. */
  readonly silenced: ReadonlySet<Version>;
  readonly warnings: readonly CaffeWarning[];
}

/** Follows the blobs through a network in the order of the file. Throws CortadoError `network.*`. */
export function wire(net: NetDescription): Wiring {
  const state = new WiringState(net);
  for (const layer of net.layers) state.add(layer);
  return state;
}

class WiringState implements Wiring {
  readonly inputs: WiredInput[] = [];
  readonly layers: WiredLayer[] = [];
  readonly last = new Map<string, Version>();
  readonly silenced = new Set<Version>();
  readonly warnings: CaffeWarning[] = [];
  /** Blobs that only training has: labels, and what is computed from them. */
  private readonly cut = new Set<string>();

  constructor(private readonly net: NetDescription) {
    for (const source of net.inputs) {
      const version = { blob: source.name, layer: undefined };
      this.last.set(source.name, version);
      this.inputs.push({ version, source, index: 0 });
    }
  }

  add(layer: LayerDescription): void {
    const role = layerRole(layer.type);
    if (role === 'input' || role === 'data') {
      this.addInputs(layer, role === 'data' ? 1 : layer.tops.length);
      return;
    }
    if (role === 'cut' || layer.bottoms.some((bottom) => this.cut.has(bottom))) {
      this.cutOut(layer, role === 'cut');
      return;
    }
    const inputs = layer.bottoms.map((bottom) => this.versionOf(bottom, layer));
    if (role === 'silence') {
      for (const version of inputs) this.silenced.add(version);
      return;
    }
    const outputs = layer.tops.map((top, index) => this.write(layer, top, layer.bottoms[index] === top));
    this.layers.push({ description: layer, inputs, outputs });
  }

  private addInputs(layer: LayerDescription, count: number): void {
    layer.tops.forEach((top, index) => {
      if (index >= count) {
        this.cut.add(top);
        return;
      }
      this.inputs.push({ version: this.write(layer, top, false), source: layer, index });
    });
  }

  private cutOut(layer: LayerDescription, expected: boolean): void {
    for (const top of layer.tops) if (!layer.bottoms.includes(top)) this.cut.add(top);
    if (expected) return;
    this.warnings.push({
      message: `The layer is left out: its bottom ${layer.bottoms.filter((bottom) => this.cut.has(bottom)).join(', ')} exists only in training.`,
      location: layer.fields.locate('bottom'),
    });
  }

  private versionOf(bottom: string, layer: LayerDescription): Version {
    const version = this.last.get(bottom);
    if (version !== undefined) return version;
    const field = layer.fields.message.fields.find(
      ({ name, value }) => name === 'bottom' && 'text' in value && value.text === bottom,
    );
    const later = this.net.layers.find(({ tops }) => tops.includes(bottom));
    throw new CortadoError(
      'network.unknown-bottom',
      later === undefined
        ? `No layer before this one has the top ${bottom}.${didYouMean(bottom, this.last.keys())}`
        : `The bottom ${bottom} is written only by a later layer, ${later.name}.`,
      later === undefined
        ? 'Write the name of a top of an earlier layer, or of an input.'
        : 'Put the layers in the order in which they run.',
      {
        location: { file: this.net.file, line: field?.line ?? layer.fields.line, field: `${layer.fields.path}.bottom` },
      },
    );
  }

  private write(layer: LayerDescription, top: string, inPlace: boolean): Version {
    const before = this.last.get(top);
    if (before !== undefined && !inPlace) {
      throw layer.fields.fail(
        'network.top-written-twice',
        `The top ${top} is already written by ${before.layer === undefined ? 'an input' : `the layer ${before.layer}`}.`,
        'Give this top another name; only a layer whose bottom and top are the same may overwrite a blob.',
        'top',
      );
    }
    const version = { blob: top, layer: layer.name };
    this.last.set(top, version);
    return version;
  }
}
