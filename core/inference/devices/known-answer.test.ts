import { Tensor as OrtTensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { openSession } from '../open-session.ts';
import { knownAnswer } from './known-answer.ts';

it('knows the answer that the processor gives, and sees what differs', async () => {
  const { model, input, output, error } = knownAnswer();
  const session = await openSession(model, { provider: 'cpu', threads: 1 });
  const results = await session.run({ [input.name]: new OrtTensor('float32', input.data, input.shape) });
  const values = results[output].data as Float32Array;
  expect(error(values)).toBeLessThan(1e-6);
  expect(error(values.slice(1))).toBeNaN();
  // As tensor cores leave it: 10 bits of mantissa.
  const rounded = values.map((value) => Math.round(value * 16) / 16);
  expect(error(rounded)).toBeGreaterThan(1e-5);
  values[37] = NaN;
  expect(error(values)).toBeNaN();
  await session.release();
});
