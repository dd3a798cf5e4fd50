import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { CortadoError, errorText } from '../common/errors.ts';
import { readInputFile } from '../common/read-input.ts';
import type { BoardArchitecture } from './architecture.ts';

const architectures = ['aarch64', 'armv7', 'x86_64'] as const satisfies readonly BoardArchitecture[];
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const text = v.pipe(v.string(), v.nonEmpty());

const coreSchema = v.strictObject({
  /** `Cortex-A72`. */
  core: text,
  count,
  /** The most that the maker states; absent where that differs from board to board. */
  maxClockMHz: v.exactOptional(count),
});

const fpgaSchema = v.strictObject({
  /** As Vivado names it. */
  part: text,
  family: v.picklist(['zynq-7000', 'zynq-ultrascale+']),
  luts: count,
  flipFlops: count,
  /** Block RAMs of 36 Kbit. */
  blockRams36k: count,
  /** UltraRAMs of 288 Kbit. */
  ultraRams: v.exactOptional(count),
  dspSlices: count,
});

const boardSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'is not lower-case words joined by hyphens')),
  name: text,
  /** `generic`: any board of an architecture; `virtual`: the one on this computer. */
  kind: v.picklist(['board', 'generic', 'virtual']),
  soc: v.exactOptional(text),
  /** What its system may be, the usual one first. */
  architectures: v.pipe(v.array(v.picklist(architectures)), v.minLength(1)),
  /** One entry for each kind of core, the fastest first; empty where it is not known. */
  cores: v.array(coreSchema),
  /** What every one of these boards has, in the words of the agent's `probe`. */
  features: v.array(v.picklist(['neon', 'dotprod', 'i8mm', 'fp16'])),
  /** The sizes that it is sold with; empty where that is not known. */
  memoryMiB: v.array(count),
  fpga: v.exactOptional(fpgaSchema),
  /** Beginnings of /proc/device-tree/model that tell this board. */
  deviceTreeModels: v.array(text),
  /** Sentences for the user. */
  notes: v.array(text),
});

/** What is known of a board before it is asked; the report holds what the board itself said. */
export type BoardDescription = v.InferOutput<typeof boardSchema>;

/**
 * Reads every board description (`*.json`) of a folder, sorted by id.
 * @throws CortadoError `file.read`, `board.folder`, `board.description` (names the file and field)
 */
export async function readBoardCatalogue(folder: string): Promise<readonly BoardDescription[]> {
  const names = (await list(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map((name) => readBoardDescription(join(folder, name), name.slice(0, -'.json'.length))));
}

/** The board that calls itself `model` in its device tree; undefined where none of the catalogue does. The longest match wins. */
export function recogniseBoard(catalogue: readonly BoardDescription[], model: string): BoardDescription | undefined {
  const matches = catalogue.flatMap((board) =>
    board.deviceTreeModels.filter((start) => model.startsWith(start)).map((start) => ({ board, start })),
  );
  return matches.toSorted((a, b) => b.start.length - a.start.length).at(0)?.board;
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new CortadoError(
      'board.folder',
      `The board descriptions could not be listed: ${errorText(cause)}.`,
      'Reinstall Cortado, or name a folder with board descriptions.',
      { location: { file: folder }, cause },
    );
  }
}

async function readBoardDescription(file: string, expectedId: string): Promise<BoardDescription> {
  const bytes = await readInputFile(file, 'The board description');
  const result = v.safeParse(boardSchema, parseJson(new TextDecoder().decode(bytes), file));
  if (!result.success) {
    const [issue] = result.issues;
    throw refused(file, issue.message, v.getDotPath(issue) ?? undefined);
  }
  if (result.output.id !== expectedId) throw refused(file, `the id is ${result.output.id}, not the file's name`, 'id');
  return result.output;
}

function parseJson(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw refused(file, errorText(cause));
  }
}

function refused(file: string, reason: string, field?: string): CortadoError {
  return new CortadoError(
    'board.description',
    `This is not a board description: ${reason}.`,
    'Correct the file; the others in resources/boards show the form.',
    { location: { file, ...(field === undefined ? {} : { field }) } },
  );
}
