import { Builder, ByteBuffer } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { CortadoError } from '../../common/errors.ts';
import { randomSource } from '../../common/random.ts';
import { execute } from '../../quantization/execute/execute.ts';
import { quantizeNetwork, type Precision } from '../../quantization/quantize.ts';
import { randomInputs } from '../../quantization/testing/graph-builder.ts';
import { randomGraph } from '../../quantization/testing/random-graph.ts';
import { tableOf } from '../../quantization/testing/tables.ts';
import { crc32 } from './crc32.ts';
import { FORMAT_VERSION } from './format.ts';
import { Package } from './generated/package_generated';
import type { PackageModel } from './model.ts';
import { decodePackage } from './read.ts';
import { encodePackage } from './write.ts';

function model(seed: number, precision: Precision = 'int8'): PackageModel {
  const graph = randomGraph(seed);
  const inputs = randomInputs(graph, seed);
  const { network } = quantizeNetwork(graph, tableOf(graph, inputs), precision);
  return {
    network,
    fingerprint: {
      builder: 'cortado test',
      target: 'neon',
      precision,
      cpuFeatures: seed % 2 === 0 ? ['asimddp', 'i8mm'] : [],
      memory: 123_456,
      modelSha256: 'ab'.repeat(32),
      ...(seed % 2 === 0 ? { tableSha256: 'cd'.repeat(32) } : {}),
    },
    checks: new Map([
      [0, 0xffffffff],
      [1, 7],
    ]),
    preprocessing: {
      resize: { width: 20, height: 21 },
      crop: { width: 18, height: 19 },
      channels: 'bgr',
      norm: Math.fround(0.017),
      mean: Float32Array.from([104, 117, 123]),
      meanImage: new Float32Array(),
      table: Int8Array.from({ length: 768 }, (_, index) => (index % 255) - 127),
    },
    labels: ['null', 'Käse', '漢字'],
    golden: [
      {
        inputs: [{ tensor: 0, data: Uint8Array.from([1, 2, 255]), tolerance: 0 }],
        outputs: [{ tensor: 2, data: Float32Array.from([1.5, -2]), tolerance: 0.25 }],
      },
    ],
    macs: 2 ** 40,
  };
}

describe('a package', () => {
  it.each([1, 2, 3, 4, 5, 6])('comes back as it was written (%i)', (seed) => {
    const written = model(seed);
    expect(decodePackage(encodePackage(written))).toEqual(written);
  });

  it.each(['fp32', 'fp16'] as const)('comes back in %s too, and runs alike', async (precision) => {
    const written = model(2, precision);
    const { network } = decodePackage(encodePackage(written));
    expect(network).toEqual(written.network);
    const [input] = randomInputs(randomGraph(2), 2);
    expect(await execute(network, [input])).toEqual(await execute(written.network, [input]));
  });

  it('holds weights at multiples of 16 bytes', () => {
    const bytes = encodePackage(model(3));
    const root = Package.getRootAsPackage(new ByteBuffer(bytes));
    const { network } = decodePackage(bytes);
    expect(root.operationsLength()).toBe(network.operations.length);
    for (const operation of network.operations) {
      if (operation.kind === 'convolution') {
        expect((operation.form.weights.byteOffset - bytes.byteOffset) % 16).toBe(0);
      }
    }
  });

  it('is read from bytes at any alignment', () => {
    const written = model(1);
    const bytes = encodePackage(written);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodePackage(shifted.subarray(3))).toEqual(written);
  });
});

function refusal(bytes: Uint8Array): CortadoError {
  try {
    decodePackage(bytes, 'net.cortado');
  } catch (error) {
    if (error instanceof CortadoError) return error;
    throw error;
  }
  throw new Error('the package was accepted');
}

const checksumAt = (bytes: Uint8Array): number =>
  Package.getRootAsPackage(new ByteBuffer(bytes)).checksum()?.bb_pos ?? 0;

describe('a file that is no good package', () => {
  const good = encodePackage(model(2));

  it('of another kind is named as such', () => {
    for (const bytes of [
      new Uint8Array(),
      new Uint8Array(100),
      new TextEncoder().encode('name: "net" layer { }'.repeat(9)),
    ]) {
      expect(refusal(bytes)).toMatchObject({ code: 'package.not-a-package', location: { file: 'net.cortado' } });
    }
  });

  it('of another version is refused by name', () => {
    for (const version of [FORMAT_VERSION + 1, 0]) {
      const builder = new Builder(64);
      Package.startPackage(builder);
      Package.addFormatVersion(builder, version);
      const root = builder.endObject();
      Package.finishPackageBuffer(builder, root);
      const bytes = new Uint8Array(256);
      bytes.set(builder.asUint8Array());
      expect(refusal(bytes)).toMatchObject({
        code: 'package.version',
        message: expect.stringMatching(version > FORMAT_VERSION ? /newer version/ : /does not read/) as unknown,
      });
    }
  });

  it('with any byte changed is damaged', () => {
    const random = randomSource(5);
    for (let i = 0; i < 200; i += 1) {
      const bytes = good.slice();
      const position = 8 + Math.floor(random() * (bytes.length - 8));
      bytes[position] ^= 1 << Math.floor(random() * 8);
      expect(['package.damaged', 'package.version']).toContain(refusal(bytes).code);
    }
  });

  it('cut short is damaged', () => {
    for (const share of [0.1, 0.5, 0.99]) {
      expect(refusal(good.slice(0, Math.floor(good.length * share))).code).toBe('package.damaged');
    }
  });

  it('damaged before its checksum was made is refused or read, and never anything else', () => {
    const random = randomSource(6);
    const position = checksumAt(good);
    const codes = new Map<string, number>();
    for (let i = 0; i < 500; i += 1) {
      const bytes = good.slice();
      for (let changes = 0; changes < 4; changes += 1) {
        const at = 8 + Math.floor((random() < 0.5 ? 0.02 : 1) * random() * (bytes.length - 8));
        bytes[at] = Math.floor(random() * 256);
      }
      const view = new DataView(bytes.buffer);
      view.setUint32(position, 0, true);
      view.setUint32(position, crc32(bytes), true);
      try {
        decodePackage(bytes);
        codes.set('read', (codes.get('read') ?? 0) + 1);
      } catch (error) {
        if (!(error instanceof CortadoError)) throw error;
        codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
      }
    }
    expect([...codes.keys()].sort()).toEqual(expect.arrayContaining(['package.damaged', 'read']));
  });
});

describe('crc32', () => {
  it('is that of IEEE 802.3, in one go or in parts', () => {
    const text = new TextEncoder().encode('123456789');
    expect(crc32(text)).toBe(0xcbf43926);
    expect(crc32(text.subarray(3), crc32(text.subarray(0, 3)))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(4))).toBe(0x2144df1c);
    expect(crc32(new Uint8Array())).toBe(0);
  });
});
