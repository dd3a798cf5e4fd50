import type { TableFormat } from '../table.ts';
import { devWeight } from './dev-weight.ts';
import type { TableFormatDefinition } from './format.ts';
import { ncnn } from './ncnn.ts';
import { release } from './release.ts';

/** Every table format, by the name that `--format` and `--table-format` take. */
export const tableFormats: Readonly<Record<TableFormat, TableFormatDefinition>> = {
  ncnn,
  release,
  'dev-weight': devWeight,
};

export const tableFormatNames = Object.keys(tableFormats) as readonly TableFormat[];
