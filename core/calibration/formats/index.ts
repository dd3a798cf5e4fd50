import type { TableFormat } from '../table.ts';
import { devWeight } from './dev-weight.ts';
import { dev } from './dev.ts';
import type { TableFormatDefinition } from './format.ts';
import { ncnn } from './ncnn.ts';
import { release } from './release.ts';
import { tensorRt } from './tensorrt.ts';

/** Every table format, by the name that `--format` and `--table-format` take. */
export const tableFormats: Readonly<Record<TableFormat, TableFormatDefinition>> = {
  ncnn,
  release,
  dev,
  'dev-weight': devWeight,
  tensorrt: tensorRt,
};

export const tableFormatNames = Object.keys(tableFormats) as readonly TableFormat[];
