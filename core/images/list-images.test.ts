import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listImages } from './list-images.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-list-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function touch(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), 'x');
  }
}

async function listed(path = folder): Promise<readonly string[]> {
  return (await listImages(path)).map((name) => relative(folder, name));
}

describe('listImages', () => {
  it("takes a folder's pictures, sorted, subfolders included, and nothing else", async () => {
    await touch('b.JPG', 'a.png', 'sub/c.jpeg', 'labels.txt', '.hidden.png', '.cache/d.png');
    expect(await listed()).toEqual(['a.png', 'b.JPG', join('sub', 'c.jpeg')]);
  });

  it('takes .npy tensors where there is no picture, and refuses both together', async () => {
    await touch('1.npy', '0.npy');
    expect(await listed()).toEqual(['0.npy', '1.npy']);
    await touch('a.png');
    await expect(listImages(folder)).rejects.toMatchObject({ code: 'images.mixed' });
  });

  it('takes a single picture', async () => {
    await touch('a.png');
    expect(await listed(join(folder, 'a.png'))).toEqual(['a.png']);
  });

  it("reads a list in its own order, relative to itself, with or without Caffe's labels", async () => {
    await touch('lists/x 1.png', 'b.png', 'c.png');
    await writeFile(join(folder, 'lists/list.txt'), '../c.png 281\r\n\n../b.png\nx 1.png\n');
    expect(await listed(join(folder, 'lists/list.txt'))).toEqual(['c.png', 'b.png', join('lists', 'x 1.png')]);
  });

  it("names a list's line that is no file", async () => {
    await touch('a.png');
    await writeFile(join(folder, 'list.txt'), 'a.png\nabsent.png 3\n');
    await expect(listImages(join(folder, 'list.txt'))).rejects.toMatchObject({
      code: 'images.list-entry',
      location: { file: join(folder, 'list.txt'), line: 2 },
    });
  });

  it('refuses a folder without a picture, an empty list, a binary file and a path that is not there', async () => {
    await touch('readme.md');
    await expect(listImages(folder)).rejects.toMatchObject({ code: 'images.none', location: { file: folder } });
    await writeFile(join(folder, 'list.txt'), '\n \n');
    await expect(listImages(join(folder, 'list.txt'))).rejects.toMatchObject({ code: 'images.none' });
    await writeFile(join(folder, 'weights.bin'), Uint8Array.of(1, 0, 2));
    await expect(listImages(join(folder, 'weights.bin'))).rejects.toMatchObject({ code: 'images.not-a-list' });
    await expect(listImages(join(folder, 'absent'))).rejects.toMatchObject({ code: 'images.missing' });
  });
});
