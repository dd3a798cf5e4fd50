import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CortadoError } from './errors.ts';
import { encodeNpy, npyToTensor, parseNpy, readNpy, writeNpy } from './npy.ts';

/** A version 1 file with the given header, as NumPy writes it. */
function file(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.of(0x93, ...new TextEncoder().encode('NUMPY'), version, 0, ...length, ...text, ...data);
}

describe('npy', () => {
  it.each([
    Float32Array.of(1, -2.5, 3, 4, 5, 6),
    Float64Array.of(1, -2.5, 3, 4, 5, 6),
    Uint8Array.of(1, 2, 3, 4, 5, 255),
    Int8Array.of(1, -2, 3, 4, 5, -128),
    Int32Array.of(1, -2, 3, 4, 5, 6),
    BigInt64Array.of(1n, -2n, 3n, 4n, 5n, 6n),
  ])('comes back as it was written: $constructor.name', (data) => {
    for (const shape of [[2, 3], [6], [1, 2, 3, 1]]) {
      const bytes = encodeNpy({ shape, data });
      expect((bytes.length - data.byteLength) % 64).toBe(0);
      expect(parseNpy(bytes, 'a.npy')).toEqual({ shape, data });
    }
  });

  it('holds a scalar and an empty array', () => {
    expect(parseNpy(encodeNpy({ shape: [], data: Float32Array.of(7) }), 'a')).toEqual({
      shape: [],
      data: Float32Array.of(7),
    });
    expect(parseNpy(encodeNpy({ shape: [0, 3], data: new Float32Array() }), 'a').shape).toEqual([0, 3]);
  });

  it('reads version 2 headers and converts to float32', () => {
    const bytes = file("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", Uint8Array.of(7, 255), 2);
    expect(npyToTensor(parseNpy(bytes, 'a.npy'))).toEqual({ shape: [2], data: Float32Array.of(7, 255) });
  });

  it.each([
    ["{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}", 4, /Fortran/],
    ["{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", 4, /type >f4/],
    ["{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", 8, /type \|O/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 4, /takes 8 bytes and it has 4/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999, 99999999)}", 4, /takes/],
    ["{'fortran_order': False}", 4, /header is damaged/],
  ])('refuses %s', (header, bytes, message) => {
    expect(() => parseNpy(file(header, new Uint8Array(bytes)), 'a.npy')).toThrow(message);
  });

  it('refuses what is cut off or no array at all', () => {
    const bytes = encodeNpy({ shape: [2], data: Float32Array.of(1, 2) });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => parseNpy(bytes.subarray(0, length), 'a.npy')).toThrow(CortadoError);
    }
  });

  it('goes through a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cortado-npy-'));
    const path = join(folder, 'deep', 'a.npy');
    await writeNpy(path, { shape: [2], data: Float32Array.of(1, 2) });
    expect(await readNpy(path)).toEqual({ shape: [2], data: Float32Array.of(1, 2) });
    await expect(readNpy(join(folder, 'none.npy'))).rejects.toMatchObject({ code: 'file.read' });
    await rm(folder, { recursive: true });
  });
});
