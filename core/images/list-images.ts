import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { CortadoError } from '../common/errors.ts';

const pictureExtensions: ReadonlySet<string> = new Set(
  '.jpg .jpeg .jpe .jfif .png .webp .tif .tiff .gif .avif .heif .heic .bmp .ppm .pgm .pnm .jp2 .jxl'.split(' '),
);

/** Whether a path names an input tensor rather than a picture. */
export function isTensorFile(path: string): boolean {
  return extname(path).toLowerCase() === '.npy';
}

/**
 * The inputs that `--images` names, in a stable order:
 * - a folder: its pictures by their extensions, subfolders included, sorted by path; or its `.npy` tensors where it has
 *   no picture; hidden files are left out;
 * - a picture or a `.npy` file: itself;
 * - any other file is a list: a path a line, relative to the list's folder, in the list's order; empty lines are
 *   skipped, and a class number after the path (`cat.jpg 281`, as Caffe's ImageData has it) is ignored.
 *
 * Errors: `images.missing`, `images.none`, `images.mixed`, `images.list-entry` (with the line).
 */
export async function listImages(path: string): Promise<readonly string[]> {
  const status = await stat(path).catch((cause: unknown) => {
    throw new CortadoError('images.missing', 'There is no such folder or file.', 'Check the path given as --images.', {
      location: { file: path },
      cause,
    });
  });
  if (status.isDirectory()) return listFolder(path);
  if (isTensorFile(path) || isPicture(path)) return [path];
  return readList(path);
}

function isPicture(path: string): boolean {
  return pictureExtensions.has(extname(path).toLowerCase());
}

async function listFolder(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => !name.split(/[/\\]/).some((part) => part.startsWith('.')))
    .sort((a, b) => (a < b ? -1 : 1));
  const pictures = names.filter(isPicture);
  const tensors = names.filter(isTensorFile);
  if (pictures.length > 0 && tensors.length > 0) {
    throw new CortadoError(
      'images.mixed',
      `The folder holds pictures (${pictures[0]}) and .npy tensors (${tensors[0]}).`,
      'Keep them in folders of their own, or name the inputs in a list file.',
      { location: { file: folder } },
    );
  }
  const chosen = pictures.length > 0 ? pictures : tensors;
  if (chosen.length === 0) {
    throw new CortadoError(
      'images.none',
      `There is no picture in the folder${names.length === 0 ? ', which is empty' : ''}.`,
      'Give a folder with JPEG or PNG pictures, with .npy input tensors, or a list file with a path a line.',
      { location: { file: folder } },
    );
  }
  return chosen.map((name) => join(folder, name));
}

async function readList(list: string): Promise<readonly string[]> {
  const text = await readFile(list, 'utf8');
  if (text.includes('\0')) {
    throw new CortadoError(
      'images.not-a-list',
      'The file is neither a picture, nor a .npy tensor, nor a list of paths.',
      'Give a folder of pictures, or a text file with a path a line.',
      { location: { file: list } },
    );
  }
  const entries = text.split(/\r?\n/).map((line, index) => ({ text: line.trim(), line: index + 1 }));
  const paths: string[] = [];
  for (const entry of entries) {
    if (entry.text !== '') paths.push(await resolveEntry(list, entry.text, entry.line));
  }
  if (paths.length === 0) {
    throw new CortadoError('images.none', 'The list names no picture.', 'Write one path a line.', {
      location: { file: list },
    });
  }
  return paths;
}

async function resolveEntry(list: string, text: string, line: number): Promise<string> {
  const withoutLabel = text.replace(/\s+-?\d+$/, '');
  for (const name of new Set([text, withoutLabel])) {
    const path = isAbsolute(name) ? name : resolve(dirname(list), name);
    if (await isFile(path)) return path;
  }
  throw new CortadoError(
    'images.list-entry',
    `The list names "${withoutLabel}", which is no file.`,
    "Paths are taken relative to the list's own folder.",
    { location: { file: list, line } },
  );
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
