import { CortadoError } from '../common/errors.ts';
import type { Network, NetworkInput } from './network.ts';

/** The network's input, where it has exactly one. Throws `network.inputs` otherwise. */
export function onlyInput(network: Network): NetworkInput {
  if (network.inputs.length === 1) return network.inputs[0];
  throw new CortadoError(
    'network.inputs',
    `The network has ${network.inputs.length} inputs (${network.inputs.map(({ name }) => name).join(', ')}); one is supported.`,
    'Cut the prototxt so that one input is left.',
    { location: { file: network.file } },
  );
}
