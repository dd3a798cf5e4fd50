import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { readMeanFile, type MeanImage } from '../caffe/mean-file.ts';
import { CortadoError } from '../common/errors.ts';
import type { PreprocessingFlags } from '../images/resolve-preprocessing.ts';
import type { Network } from '../network/network.ts';
import { readComments } from './comments.ts';

/** Something that tells how the network's pictures were prepared. */
export interface Finding {
  readonly source: 'transform_param' | 'comment' | 'mean file';
  readonly file: string;
  /** From 1; absent where the whole file is meant. */
  readonly line?: number;
  /** For a person: what it says. */
  readonly text: string;
  /** What resolvePreprocessing would be told by it. */
  readonly suggests: PreprocessingFlags;
}

/**
 * What the model's own files tell of its preprocessing: transform_param, comments of the prototxt, and mean images
 * (`.binaryproto`) beside it. A mean image that cannot be read is left out.
 */
export async function findPreprocessing(network: Network): Promise<readonly Finding[]> {
  const { file } = network;
  const stated = network.transforms.map(({ line, layer, scale, meanValues, meanFile, crop }): Finding => {
    const parts = [
      ...(scale === undefined ? [] : [`scale ${scale}`]),
      ...(meanValues.length === 0 ? [] : [`mean ${meanValues.join(' ')}`]),
      ...(meanFile === undefined ? [] : [`mean file ${meanFile}`]),
      ...(crop === undefined ? [] : [`crop ${crop.width} x ${crop.height}`]),
    ];
    return {
      source: 'transform_param',
      file,
      line,
      text: `Layer ${layer}: ${parts.join(', ')}.`,
      suggests: {
        ...(scale === undefined ? {} : { norm: scale }),
        ...(meanValues.length === 0 ? {} : { mean: meanValues }),
        ...(crop === undefined ? {} : { crop }),
      },
    };
  });
  const comments = readComments(await readFile(file, 'utf8')).map(({ line, text, suggests }): Finding => ({
    source: 'comment',
    file,
    line,
    text,
    suggests,
  }));
  return [...stated, ...comments, ...(await meanFiles(dirname(file)))];
}

async function meanFiles(folder: string): Promise<readonly Finding[]> {
  const names = (await readdir(folder)).filter((name) => extname(name) === '.binaryproto').sort();
  const findings = await Promise.all(
    names.map(async (name): Promise<readonly Finding[]> => {
      const file = join(folder, name);
      const image = await readableMean(file);
      if (image === undefined) return [];
      const text = `${basename(file)}: a mean image of ${image.channels} x ${image.height} x ${image.width}.`;
      return [{ source: 'mean file', file, text, suggests: { meanImage: image } }];
    }),
  );
  return findings.flat();
}

async function readableMean(file: string): Promise<MeanImage | undefined> {
  try {
    return await readMeanFile(file);
  } catch (error) {
    if (error instanceof CortadoError) return undefined;
    throw error;
  }
}
