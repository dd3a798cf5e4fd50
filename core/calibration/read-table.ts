import { CortadoError } from '../common/errors.ts';
import { writeFileAtomically } from '../common/files.ts';
import { readInputFile } from '../common/read-input.ts';
import { tableFormatNames, tableFormats } from './formats/index.ts';
import { parseTableText, tableText, type TableLines } from './table-text.ts';
import { isTensorRtCache, parseTensorRtCache, tensorRtCacheText } from './tensorrt-cache.ts';
import type { ScaleTable, TableFormat } from './table.ts';

/**
 * Reads a scale table. Without `format`, what the activation keys name must follow from the keys: where each of them is
 * also the key of a weight line, they are layers; where one is not, they are blobs, since a table by layers has both
 * lines for every layer, and a table by blobs has one for the network's input. Tables by layers are read as `ncnn`,
 * whose keys mean the same as dev's and dev-weight's. A calibration cache of TensorRT is known by its first line.
 *
 * Errors: `file.read`, `table.format`, and those of `parseTableText`.
 */
export async function readTable(path: string, format?: TableFormat): Promise<ScaleTable> {
  const bytes = await readInputFile(path, 'The scale table');
  return parseTable(new TextDecoder().decode(bytes), path, format);
}

/** `readTable` on the text itself; `file` is for messages. */
export function parseTable(text: string, file: string, format?: TableFormat): ScaleTable {
  if (format === 'tensorrt' || (format === undefined && isTensorRtCache(text))) {
    return { format: 'tensorrt', activationKey: 'blob', ...parseTensorRtCache(text, file) };
  }
  const lines = parseTableText(text, file);
  const name = format ?? guessFormat(lines, file);
  return { format: name, activationKey: tableFormats[name].activationKey, ...lines };
}

/** Writes a table whole or not at all. Error: `file.write`. */
export async function writeTable(path: string, table: ScaleTable): Promise<void> {
  await writeFileAtomically(path, table.format === 'tensorrt' ? tensorRtCacheText(table) : tableText(table));
}

function guessFormat({ weights, activations }: TableLines, file: string): TableFormat {
  if (weights.size > 0 && activations.size > 0) {
    const keys = [...activations.keys()];
    return keys.every((key) => weights.has(key)) ? 'ncnn' : 'release';
  }
  throw new CortadoError(
    'table.format',
    `The table has no ${weights.size === 0 ? 'weight' : 'activation'} lines, so its keys do not tell its format.`,
    `Say which it is with --table-format ${tableFormatNames.join('|')}.`,
    { location: { file } },
  );
}
