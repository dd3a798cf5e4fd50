import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBoardCatalogue, recogniseBoard } from './board-catalogue.ts';

const bundled = fileURLToPath(new URL('../../resources/boards', import.meta.url));

describe('the bundled boards', () => {
  it('all read, with unique names and what their kind needs', async () => {
    const boards = await readBoardCatalogue(bundled);
    expect(boards.map((board) => board.id)).toEqual(
      expect.arrayContaining(['raspberry-pi-5', 'rk3399', 'zedboard', 'zcu104', 'generic-armv7', 'virtual']),
    );
    expect(new Set(boards.map((board) => board.name)).size).toBe(boards.length);
    for (const board of boards) {
      expect(board.cores.length > 0).toBe(board.kind === 'board');
      expect(board.fpga !== undefined).toBe(/zynq/i.test(board.soc ?? ''));
      if (board.fpga !== undefined) expect(board.fpga.part).toMatch(/^xc(7z0\d0|zu7ev)/);
    }
  });

  it('are recognised by their device tree', async () => {
    const boards = await readBoardCatalogue(bundled);
    const idOf = (model: string): string | undefined => recogniseBoard(boards, model)?.id;
    expect(idOf('Raspberry Pi 3 Model B Plus Rev 1.3')).toBe('raspberry-pi-3');
    expect(idOf('Raspberry Pi 4 Model B Rev 1.4')).toBe('raspberry-pi-4');
    expect(idOf('NVIDIA Jetson Nano Developer Kit')).toBe('jetson-nano');
    expect(idOf('Some other board')).toBeUndefined();
  });
});

describe('a damaged description', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cortado-boards-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (change: Readonly<Record<string, unknown>>): Promise<void> => {
    const good = JSON.parse(await readFile(join(bundled, 'zedboard.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(join(folder, 'zedboard.json'), JSON.stringify({ ...good, ...change }));
  };

  it.each([
    ['features', { features: ['neon', 'sse2'] }, 'features.1'],
    ['a core', { cores: [{ core: 'Cortex-A9', count: 0 }] }, 'cores.0.count'],
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['an id that is not the name of the file', { id: 'zedboard-2' }, 'id'],
  ])('is refused by field: %s', async (_, change, field) => {
    await write(change);
    await expect(readBoardCatalogue(folder)).rejects.toMatchObject({
      code: 'board.description',
      location: { file: join(folder, 'zedboard.json'), field },
    });
  });

  it('is refused where it is not JSON, or the folder is not there', async () => {
    await writeFile(join(folder, 'zedboard.json'), '{ "id": ');
    await expect(readBoardCatalogue(folder)).rejects.toMatchObject({ code: 'board.description' });
    await expect(readBoardCatalogue(join(folder, 'none'))).rejects.toMatchObject({ code: 'board.folder' });
  });
});
