import { describe, expect, it } from 'vitest';
import { parseTable } from './read-table.ts';
import { tensorRtCacheText } from './tensorrt-cache.ts';

const text = 'TRT-7103-EntropyCalibration2\ndata: 3c010a14\nfire2/relu: concat 1: 3d4ccccd\ndead: 00000000\n';

describe("TensorRT's calibration cache", () => {
  it('holds steps as float32 bits; it is known by its first line', () => {
    const table = parseTable(text, 'calib.cache');
    expect(table).toMatchObject({ format: 'tensorrt', activationKey: 'blob' });
    expect(table.activations.get('data')?.[0]).toBeCloseTo(1 / 0.00787593, 1);
    expect(table.activations.get('fire2/relu: concat 1')?.[0]).toBe(1 / Math.fround(0.05));
    expect(table.activations.get('dead')).toEqual([0]);
    expect(parseTable('data: 3c010a14\r\n', 'c', 'tensorrt').activations.size).toBe(1);
  });

  it('comes back as it was read', () => {
    const written = tensorRtCacheText(parseTable(text, 'calib.cache'));
    expect(written.split('\n').slice(1)).toEqual(text.split('\n').slice(1));
    expect(written).toMatch(/^TRT-\d+-EntropyCalibration2\n/);
    const steps = Array.from({ length: 500 }, (_, i) => (0x33000000 + i * 7919 * 131).toString(16).padStart(8, '0'));
    const lines = steps.map((bits, i) => `blob${i}: ${bits}`).join('\n');
    expect(tensorRtCacheText(parseTable(lines, 'c', 'tensorrt'))).toContain(lines);
  });

  it.each([
    ['table.key', 'TRT-7103-EntropyCalibration2\ndata 3c010a14\n', 2],
    ['table.key', 'TRT-7103-EntropyCalibration2\ndata: 3c010a1400\n', 2],
    ['table.number', 'TRT-7103-EntropyCalibration2\ndata: 7f800000\n', 2],
    ['table.number', 'TRT-7103-EntropyCalibration2\n\ndata: bc010a14\n', 3],
    ['table.duplicate', 'TRT-7103-EntropyCalibration2\na: 3c010a14\na: 3c010a14\n', 3],
  ])('refuses with %s: %j', (code, damaged, line) => {
    expect(() => parseTable(damaged, 'bad.cache')).toThrow(
      expect.objectContaining({ code, location: expect.objectContaining({ file: 'bad.cache', line }) as unknown }),
    );
  });

  it('refuses one without a tensor', () => {
    expect(() => parseTable('TRT-7103-EntropyCalibration2\n', 'e')).toThrow(
      expect.objectContaining({ code: 'table.empty' }),
    );
  });
});
