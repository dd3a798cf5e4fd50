import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { boardScript } from '../support/paths.ts';

const run = promisify(execFile);

export interface EmulatedBoard {
  readonly port: number;
  /** root's private key. */
  readonly key: string;
  stop(): Promise<void>;
}

/** Boots an emulated board with a real kernel and dropbear; users root and board, password "cortado". */
export async function startEmulatedBoard(kind: 'a53' | 'a76' | 'max' | 'a15' | 'zynq'): Promise<EmulatedBoard> {
  const port = await freePort();
  await run(boardScript, ['start', kind, String(port)], { timeout: 300_000 });
  const { stdout } = await run(boardScript, ['key']);
  return {
    port,
    key: stdout.trim(),
    stop: async () => {
      await run(boardScript, ['stop', kind, String(port)]);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
