import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { ResultName } from './steps.ts';

/** Names of what lies in a project's folder. */
export const PROJECT_FILE = 'project.json';
export const TABLE_FOLDER = 'tables';
/** Names of the tables in there: the calibration's, and that of the search for the best accuracy with its tuning beside it. */
export const CALIBRATED_TABLE = 'calibration.table';
export const BEST_TABLE = 'best-accuracy.table';
export const PACKAGE_FOLDER = 'packages';
/** Where a bitstream is built that is built for the project. */
export const BITSTREAM_FOLDER = 'bitstream';
export const REPORT_FOLDER = 'reports';

/** File with a result. */
export function resultPath(folder: string, name: ResultName): string {
  return join(folder, 'results', `${name}.json`);
}

/** File that says which work has begun and not ended yet. */
export function underWayPath(folder: string): string {
  return join(folder, 'results', 'under-way');
}

/** A path as the project keeps it: relative, with `/`, where it lies inside the folder, so that the folder can be moved. */
export function storedPath(folder: string, path: string): string {
  const inside = relative(folder, resolve(folder, path));
  const isOutside = inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return isOutside ? resolve(folder, path) : inside.split(sep).join('/');
}

/** The full path behind a stored one. */
export function fullPath(folder: string, stored: string): string {
  return resolve(folder, stored);
}
