import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 of files one after the other, in hexadecimal. Throws what the system says of a file that cannot be read. */
export async function sha256OfFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

/** SHA-256 of bytes or of text in UTF-8, in hexadecimal. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
