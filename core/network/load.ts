import { readCaffeModel } from '../caffe/caffemodel.ts';
import { describeNet, type NetDescription } from '../caffe/net.ts';
import { readInputFile } from '../common/read-input.ts';
import { CortadoError } from '../common/errors.ts';
import { assemble, type AssembleOptions } from './assemble.ts';
import { inferShapes } from './infer.ts';
import type { Network } from './network.ts';
import { transformParameters } from './transform.ts';
import { matchWeights } from './weights.ts';

export interface NetworkFiles {
  /** Path of the prototxt. */
  readonly proto: string;
  /** Path of the caffemodel; without it shapes, MACs and parameters are known and nothing can run. */
  readonly model?: string | undefined;
}

/** Inputs get a batch of 1 unless `batch` or `inputShapes` says otherwise. */
export type LoadOptions = AssembleOptions;

/** No network comes near; a larger file is something else. */
const mostPrototxtBytes = 64 * 1024 * 1024;

/**
 * Loads a Caffe network for deployment: phase TEST, without data and loss layers, weights matched by layer name.
 * @throws CortadoError `file.read`, `caffe.*`, `network.*`, `layer.*`, naming file, line and field
 */
export async function loadNetwork(files: NetworkFiles, options: LoadOptions = {}): Promise<Network> {
  const bytes = await readInputFile(files.proto, 'The network');
  if (bytes.length > mostPrototxtBytes) {
    throw new CortadoError(
      'caffe.prototxt-syntax',
      'The file is too large for a prototxt.',
      'Give the .prototxt as the network and the .caffemodel as the weights.',
      { location: { file: files.proto } },
    );
  }
  const net = describeNet(new TextDecoder().decode(bytes), files.proto);
  const network = networkOf(net, options);
  if (files.model === undefined) return network;
  const model = await readCaffeModel(files.model);
  const layers = network.layers.map((layer) => ({
    ...layer,
    weights: matchWeights(layer.name, layer.weightShapes, model),
  }));
  return { ...network, modelFile: files.model, layers };
}

/** The network of a description, without weights. */
export function networkOf(net: NetDescription, options: LoadOptions = {}): Network {
  const assembled = assemble(net, options);
  const inferred = inferShapes(assembled.inputs, assembled.layers, net.file);
  return {
    name: net.name,
    file: net.file,
    modelFile: undefined,
    format: net.format,
    inputs: assembled.inputs,
    outputs: assembled.outputs,
    blobs: assembled.blobs,
    ...inferred,
    layers: inferred.layers.map((layer) => ({ ...layer, weights: undefined })),
    transforms: [...net.layers, ...net.trainingLayers].flatMap(
      (layer) => transformParameters(layer.fields, layer.name) ?? [],
    ),
    warnings: [...net.warnings, ...assembled.warnings],
  };
}
