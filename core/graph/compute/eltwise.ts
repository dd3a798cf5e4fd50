type Elements = Int8Array | Float32Array;

/** Product or maximum of equal shapes, without the activation; each product is rounded to float32. */
export function combine<T extends Elements>(name: 'product' | 'max', inputs: readonly T[]): T {
  const output = inputs[0].slice() as T;
  for (const input of inputs.slice(1)) {
    if (name === 'product') for (let i = 0; i < output.length; i += 1) output[i] *= input[i];
    else for (let i = 0; i < output.length; i += 1) if (input[i] > output[i]) output[i] = input[i];
  }
  return output;
}
