import { CortadoError } from '../common/errors.ts';
import type { Shape } from '../common/tensor.ts';
import { Fields } from './fields.ts';
import { upgradeV1Type } from './layer-types-v1.ts';
import { deployState, isIncluded } from './phase.ts';
import { checkMessage, type CaffeWarning } from './schema-check.ts';
import { parseTextFormat } from './text-parser.ts';
import { isV0, upgradeV0 } from './upgrade-v0.ts';

/** A prototxt read for deployment: the layers of phase TEST with V2 types, nothing else decided. */
export interface NetDescription {
  readonly file: string;
  readonly name: string;
  readonly format: 'V0' | 'V1' | 'V2';
  /** From `input:`; Input layers stay among the layers. */
  readonly inputs: readonly InputDescription[];
  readonly layers: readonly LayerDescription[];
  /** Layers of training alone; their transform_param still tells how pictures were prepared. */
  readonly trainingLayers: readonly LayerDescription[];
  readonly warnings: readonly CaffeWarning[];
}

export interface InputDescription {
  readonly name: string;
  /** Absent where the file leaves it open. */
  readonly shape: Shape | undefined;
  readonly line: number;
}

export interface LayerDescription {
  readonly name: string;
  /** The V2 name: `Convolution`. */
  readonly type: string;
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  /** The whole layer message; parameters are nested in it. */
  readonly fields: Fields;
}

/**
 * Reads the text of a prototxt: V0, V1 or V2.
 * @param file its name, for errors
 * @throws CortadoError `caffe.*` naming file, line and field
 */
export function describeNet(text: string, file: string): NetDescription {
  const message = parseTextFormat(text, file);
  const warnings = checkMessage(message, 'NetParameter', file);
  const net = new Fields(message, 'NetParameter', 'net', file, 1);
  const v2 = net.all('layer');
  const v1 = net.all('layers');
  if (v2.length + v1.length === 0) throw noLayers(net);
  if (v1.length > 0 && v2.length > 0) {
    throw new CortadoError(
      'caffe.mixed-formats',
      'The file mixes "layer" (V2) and "layers" (V1) messages, whose order in the network Caffe does not define.',
      'Write all layers in one of the two forms.',
      { location: { file, line: Math.max(v1[0]?.line ?? 1, v2[0]?.line ?? 1), field: 'layers' } },
    );
  }
  const state = deployState(net);
  const isFirstFormat = v1.some(isV0);
  const layers = isFirstFormat ? upgradeV0(v1) : v2.length > 0 ? v2 : v1;
  const described = layers.map((layer, index) => describeLayer(layer, index));
  const included = new Set(described.filter(({ fields }) => isIncluded(fields, state)));
  return {
    file,
    name: net.string('name', ''),
    format: isFirstFormat ? 'V0' : v2.length > 0 ? 'V2' : 'V1',
    inputs: readInputs(net),
    layers: [...included],
    trainingLayers: described.filter((layer) => !included.has(layer)),
    warnings,
  };
}

function describeLayer(fields: Fields, index: number): LayerDescription {
  const { message, type: messageType, file, line } = fields;
  const isV1 = messageType === 'V1LayerParameter';
  const writtenType = isV1 ? fields.enumeration('type', 'NONE') : fields.string('type', '');
  const name = fields.string('name') ?? fields.strings('top').at(0) ?? `layer ${index}`;
  const named = new Fields(message, messageType, `layer "${name}"`, file, line);
  const type = isV1 ? upgradeV1Type(writtenType) : writtenType;
  if (type === '') throw named.missing('type', 'The type of the layer');
  return { name, type, bottoms: fields.strings('bottom'), tops: fields.strings('top'), fields: named };
}

/** `input:` with four `input_dim:` each, or with one `input_shape` each. */
function readInputs(net: Fields): InputDescription[] {
  const names = net.strings('input');
  const shapes = net.all('input_shape');
  const extents = net.numbers('input_dim');
  const { file } = net;
  if (shapes.length > 0 && shapes.length !== names.length) {
    throw net.fail(
      'caffe.input-shape',
      `There are ${names.length} inputs and ${shapes.length} input_shape messages.`,
      'Give one input_shape per input, in the same order.',
      'input_shape',
    );
  }
  if (shapes.length === 0 && extents.length > 0 && extents.length !== 4 * names.length) {
    throw net.fail(
      'caffe.input-shape',
      `There are ${names.length} inputs and ${extents.length} input_dim values; each input has four.`,
      'Give four input_dim per input: number, channels, height, width.',
      'input_dim',
    );
  }
  return names.map((name, index) => {
    const stated = shapes[index]?.numbers('dim') ?? extents.slice(4 * index, 4 * index + 4);
    const location = shapes.length > 0 ? shapes[index]?.line : net.locate('input_dim').line;
    checkExtents(stated, file, location ?? 1, `input "${name}"`);
    return { name, shape: stated.length > 0 ? stated : undefined, line: location ?? 1 };
  });
}

/** Refuses extents that no blob has. */
export function checkExtents(shape: Shape, file: string, line: number, field: string): void {
  if (shape.every((extent) => Number.isSafeInteger(extent) && extent > 0)) return;
  throw new CortadoError(
    'caffe.input-shape',
    `The shape ${shape.join(' x ')} has an extent that is not 1 or more.`,
    'Write whole numbers from 1 on.',
    {
      location: { file, line, field },
    },
  );
}

function noLayers(net: Fields): CortadoError {
  const looksLikeSolver = net.has('net') || net.has('base_lr') || net.has('train_net');
  return net.fail(
    'caffe.no-layers',
    looksLikeSolver ? 'This is a solver, not a network.' : 'The file holds no layer.',
    "Give the network's deploy.prototxt.",
  );
}
