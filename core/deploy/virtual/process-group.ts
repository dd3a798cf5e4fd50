import { spawn } from 'node:child_process';
import type { ServerChannel } from 'ssh2';

const GRACE_MS = 5_000;

/** A command of a virtual board and all that it starts. Wired to its channel; ends with it. */
export class ProcessGroup {
  /** Resolves when the command has ended and its output is closed. */
  readonly ended: Promise<void>;
  private readonly child;
  private over = false;

  constructor(command: string, folder: string, environment: NodeJS.ProcessEnv, channel: ServerChannel) {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: folder,
      env: environment,
      // A group of its own, so that what the command starts can be ended with it.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    this.ended = new Promise((resolve) => {
      child.on('error', () => {
        this.over = true;
        channel.exit(127);
        channel.end();
        resolve();
      });
      child.on('close', (code, signal) => {
        this.over = true;
        if (signal === null) channel.exit(code ?? 1);
        else channel.exit(signal);
        channel.end();
        resolve();
      });
    });
    // Whoever stops reading first makes the other's pipe break; that is no error of ours.
    for (const stream of [child.stdin, child.stdout, child.stderr, channel]) stream.on('error', () => undefined);
    channel.pipe(child.stdin);
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    channel.on('close', () => {
      this.hangUp();
    });
  }

  /** Sends a signal, named without SIG, to the whole group. */
  signal(name: string): void {
    this.kill(`SIG${name}`);
  }

  /** As a server does when a client is gone: pipes are closed and the group is told; what stays on is killed. */
  hangUp(): void {
    if (this.over) return;
    this.child.stdin.end();
    this.child.stdout.destroy();
    this.child.stderr.destroy();
    this.kill('SIGHUP');
    const timer = setTimeout(() => {
      this.kill('SIGKILL');
    }, GRACE_MS);
    void this.ended.then(() => {
      clearTimeout(timer);
    });
  }

  private kill(signal: string): void {
    if (this.over || this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // The group is gone already, or the name is no signal here.
    }
  }
}
