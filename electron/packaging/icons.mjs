// Makes the app's icons from resources/icons/icon.svg: PNG for Linux, ICO for Windows, ICNS for macOS. Both of the latter
// are containers of PNGs, so that a picture library is all it takes.
//
//   node electron/packaging/icons.mjs
import { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const folder = fileURLToPath(new URL('../../resources/icons/', import.meta.url));
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256];
/** Type of the entry → pixels. */
const ICNS_TYPES = { icp4: 16, icp5: 32, icp6: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 };

/** @param sizes to PNG bytes */
export async function renderIcons(svg, sizes) {
  const pictures = new Map();
  for (const size of sizes) {
    pictures.set(
      size,
      await sharp(svg, { density: Math.max(1, (72 * size) / 1024) })
        .resize(size, size)
        .png()
        .toBuffer(),
    );
  }
  return pictures;
}

/** ICONDIR, one ICONDIRENTRY of 16 bytes each, then the PNGs. */
export function icoOf(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.size);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.size, 4);
  let at = 6;
  let offset = head.length;
  for (const [size, png] of pictures) {
    // 0 stands for 256.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    at += 16;
    offset += png.length;
  }
  return Buffer.concat([head, ...pictures.values()]);
}

/** `icns`, the whole length, then type, length and PNG of each entry. */
export function icnsOf(pictures) {
  const entries = Object.entries(ICNS_TYPES).map(([type, size]) => {
    const png = pictures.get(size);
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const body = Buffer.concat(entries);
  const head = Buffer.alloc(8);
  head.write('icns', 'latin1');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const svg = readFileSync(`${folder}icon.svg`);
  const all = await renderIcons(
    svg,
    [...new Set([...ICO_SIZES, ...Object.values(ICNS_TYPES)])].sort((a, b) => a - b),
  );
  writeFileSync(`${folder}icon.png`, all.get(512));
  writeFileSync(`${folder}icon.ico`, icoOf(new Map(ICO_SIZES.map((size) => [size, all.get(size)]))));
  writeFileSync(`${folder}icon.icns`, icnsOf(all));
}
