import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A display that nobody sees; it ends with `close`. */
export class VirtualDisplay {
  private constructor(
    private readonly server: ChildProcess,
    /** For the variable DISPLAY. */
    readonly name: string,
  ) {}

  /** Starts Xvfb, which chooses a free number itself. */
  static async start(size = '1400x1000'): Promise<VirtualDisplay> {
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', `${size}x24`, '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const lines = createInterface({ input: server.stdio[3] as Readable });
    for await (const line of lines) return new VirtualDisplay(server, `:${line.trim()}`);
    throw new Error('Xvfb did not start');
  }

  async close(): Promise<void> {
    if (this.server.exitCode !== null) return;
    const ended = new Promise((resolve) => this.server.once('exit', resolve));
    this.server.kill();
    await ended;
  }
}
