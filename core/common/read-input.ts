import { open } from 'node:fs/promises';
import { CortadoError, errorText } from './errors.ts';

const pieceBytes = 1 << 28;

/**
 * Reads a whole file that the user named, of any size (Node's own readFile stops at 2 GiB).
 * @param what what it should be, for the message: `The network`
 * @returns bytes that belong to the caller, aligned to 8
 * @throws CortadoError `file.read`
 */
export async function readInputFile(path: string, what: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const handle = await open(path, 'r');
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw new Error('it is not a file');
      const bytes = new Uint8Array(status.size);
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await handle.read(bytes, done, Math.min(pieceBytes, bytes.length - done), done);
        if (bytesRead === 0) throw new Error('it became shorter while it was read');
        done += bytesRead;
      }
      return bytes;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new CortadoError(
      'file.read',
      `${what} could not be read: ${errorText(cause)}.`,
      'Check the path and that you may read the file.',
      { location: { file: path }, cause },
    );
  }
}
