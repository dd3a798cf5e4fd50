import * as v from 'valibot';
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { CortadoError } from '../../common/errors.ts';
import { writeFileAtomically } from '../../common/files.ts';
import { readInputFile } from '../../common/read-input.ts';
import { tableFormatNames } from '../formats/index.ts';
import { methodNames } from '../methods/index.ts';
import { fineBytes, readFineBytes } from './fine-bytes.ts';
import type { Shard } from './shard.ts';

/** In front of everything; the last byte is the version of this form. */
const signature = new TextEncoder().encode('cortado shard 2\n');
const hashBytes = 32;
/** Some hundred blobs at their largest; a file that claims more is none that was written. */
const mostHistogramBytes = 2 ** 30;

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const position = v.pipe(v.number(), v.integer(), v.minValue(1));
const scale = v.pipe(v.number(), v.finite(), v.minValue(0));

const headerSchema = v.object({
  part: v.object({ index: position, count: position }),
  origin: v.object({ modelSha256: text, preprocessing: text, inputsSha256: text, inputs: count, version: text }),
  plan: v.object({
    format: v.picklist(tableFormatNames),
    methodName: v.picklist(methodNames),
    group: v.picklist([0, 1]),
    inputBlob: text,
    lines: v.array(
      v.object({
        key: text,
        blob: text,
        layer: text,
        needed: v.boolean(),
        parts: position,
        dead: v.exactOptional(v.number()),
      }),
    ),
    weights: v.array(v.tuple([text, v.array(scale)])),
    notes: v.array(text),
  }),
  used: count,
  sampleCount: count,
  skipped: v.array(v.object({ path: text, reason: text })),
  regions: v.array(text),
});

/** Writes a shard whole or not at all: signature, length of the header, header (JSON), histograms (deflated), SHA-256. */
export async function writeShard(path: string, shard: Shard): Promise<void> {
  const { fine, plan, ...rest } = shard;
  const header: v.InferInput<typeof headerSchema> = {
    part: rest.part,
    origin: rest.origin,
    plan: {
      ...plan,
      lines: [...plan.lines],
      weights: [...plan.weights].map(([layer, scales]) => [layer, [...scales]]),
      notes: [...plan.notes],
    },
    used: rest.used,
    sampleCount: rest.sampleCount,
    skipped: [...rest.skipped],
    regions: [...fine.keys()],
  };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const content = Buffer.concat([signature, length, json, deflateRawSync(fineBytes([...fine.values()]))]);
  await writeFileAtomically(path, Buffer.concat([content, sha256(content)]));
}

/** Reads a shard. Errors: `file.read`, `shard.not-a-shard`, `shard.damaged`. */
export async function readShard(path: string): Promise<Shard> {
  const bytes = Buffer.from(await readInputFile(path, 'The shard'));
  if (!bytes.subarray(0, signature.length).equals(signature)) throw notAShard(path);
  const content = bytes.subarray(0, -hashBytes);
  if (bytes.length < signature.length + 4 + hashBytes || !sha256(content).equals(bytes.subarray(-hashBytes))) {
    throw damaged(path);
  }
  try {
    const start = signature.length + 4;
    const end = start + content.readUInt32LE(signature.length);
    const header = v.parse(headerSchema, JSON.parse(content.toString('utf8', start, end)));
    const histograms = readFineBytes(
      inflateRawSync(content.subarray(end), { maxOutputLength: mostHistogramBytes }),
      header.regions.length,
    );
    const { plan, regions, ...rest } = header;
    return {
      ...rest,
      plan: { ...plan, weights: new Map(plan.weights) },
      fine: new Map(regions.map((id, place) => [id, histograms[place]])),
    };
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function notAShard(file: string): CortadoError {
  return new CortadoError(
    'shard.not-a-shard',
    'The file is no shard that this version of Cortado reads.',
    'Give files that "cortado calibrate --shard I/N --output FILE" of the same version wrote.',
    { location: { file } },
  );
}

function damaged(file: string, cause?: unknown): CortadoError {
  return new CortadoError(
    'shard.damaged',
    'The shard is damaged: it is not what was written.',
    'Copy it again, or run "cortado calibrate --shard" for this part again.',
    { location: { file }, cause },
  );
}
