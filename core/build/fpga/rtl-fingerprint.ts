import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readInputFile } from '../../common/read-input.ts';

/**
 * The fingerprint of an accelerator, as its register FINGERPRINT has it: the first 32 bits of a hash over the RTL's sources and the
 * part's name. `native/fpga/rtl/fingerprint.sh` computes the same. Throws `file.read`.
 *
 * @param folder with files.f and the sources
 */
export async function rtlFingerprint(folder: string, part: string): Promise<number> {
  const list = new TextDecoder().decode(await readInputFile(join(folder, 'files.f'), 'The list of RTL sources'));
  const names = list.split(/\s+/).filter((name) => name !== '');
  const lines = await Promise.all(
    names.map(async (name) => {
      const content = await readInputFile(join(folder, name), 'The RTL source');
      return `${createHash('sha256').update(content).digest('hex')}  ${name}\n`;
    }),
  );
  const digest = createHash('sha256')
    .update(`${lines.join('')}${part}\n`)
    .digest('hex');
  return Number.parseInt(digest.slice(0, 8), 16);
}

/** `xc7z020-4d0ae191`: what packages and messages call part and fingerprint. */
export function bitstreamName(part: string, fingerprint: number): string {
  return `${part}-${fingerprint.toString(16).padStart(8, '0')}`;
}
