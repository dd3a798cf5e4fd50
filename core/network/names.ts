import { didYouMean } from '../caffe/suggestion.ts';
import { CortadoError } from '../common/errors.ts';
import type { ValueId } from '../graph/graph.ts';
import type { Network } from './network.ts';

/**
 * What a name from the user means: a blob's last value; else, where it is a layer's name, that layer's first top as the
 * layer leaves it; else a value by its id.
 * @throws CortadoError `network.unknown-blob`
 */
export function resolveName(network: Network, name: string): ValueId {
  const id =
    network.blobs.get(name) ??
    network.layers.find((layer) => layer.name === name)?.outputs.at(0) ??
    network.inputs.find((input) => input.layer === name)?.value ??
    network.values.get(name)?.id;
  if (id !== undefined) return id;
  const names = new Set([...network.blobs.keys(), ...network.layers.map((layer) => layer.name)]);
  throw new CortadoError(
    'network.unknown-blob',
    `The network has no blob and no layer called ${name}.${didYouMean(name, names)}`,
    'List the names with cortado inspect.',
    { location: { file: network.file } },
  );
}
