import { expect, it } from 'vitest';
import { readComments } from './comments.ts';

it('reads what comments say of preprocessing', () => {
  const text = [
    'name: "mean # 1 2 3"',
    '# mean: 103.94, 116.78, 123.68',
    'layer { } # scale: 0.017, BGR input',
    '## normalised by 1/255',
    '# please cite: somebody',
    '# mean = [104 117 123], norm 1/255, RGB',
    '#kernel_size: 1',
    '# convert RGB to BGR first',
  ].join('\r\n');
  expect(readComments(text)).toEqual([
    { line: 2, text: 'mean: 103.94, 116.78, 123.68', suggests: { mean: [103.94, 116.78, 123.68] } },
    { line: 3, text: 'scale: 0.017, BGR input', suggests: { norm: 0.017, channels: 'bgr' } },
    { line: 4, text: 'normalised by 1/255', suggests: {} },
    {
      line: 6,
      text: 'mean = [104 117 123], norm 1/255, RGB',
      suggests: { mean: [104, 117, 123], norm: 1 / 255, channels: 'rgb' },
    },
    { line: 8, text: 'convert RGB to BGR first', suggests: {} },
  ]);
});
