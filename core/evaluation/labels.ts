import { CortadoError } from '../common/errors.ts';
import { readInputFile } from '../common/read-input.ts';

/**
 * Reads a CSV with the header `file,class`: a picture's file name (without its folder) and the number of its class, from 0.
 * Errors: `file.read`, `evaluation.labels` with the line.
 */
export async function readLabels(path: string): Promise<ReadonlyMap<string, number>> {
  const text = new TextDecoder().decode(await readInputFile(path, 'The label file'));
  const labels = new Map<string, number>();
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '' || (index === 0 && /^file\s*,\s*class\b/i.test(line))) return;
    const match = /^\s*"?([^"]+?)"?\s*,\s*(\d+)\s*(?:,.*)?$/.exec(line);
    if (match === null) {
      throw new CortadoError(
        'evaluation.labels',
        'The line is not a file name and the number of its class.',
        'Write a CSV with the header file,class and lines such as "cat.jpg,281".',
        { location: { file: path, line: index + 1 } },
      );
    }
    labels.set(match[1], Number(match[2]));
  });
  return labels;
}

/** Reads names of classes, one a line, that of class 0 first. Error: `file.read`. */
export async function readNames(path: string): Promise<readonly string[]> {
  const text = new TextDecoder().decode(await readInputFile(path, 'The file of names'));
  return text.replace(/(\r?\n)+$/, '').split(/\r?\n/);
}
