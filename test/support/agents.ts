import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** An agent that this computer can run, with the backend that it is asked for. */
export interface RunnableAgent {
  readonly name: string;
  readonly command: string;
  readonly prefix: readonly string[];
  readonly backend: 'reference' | 'neon';
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function built(preset: string): string {
  return fileURLToPath(new URL(`../../build/native/${preset}/agent/cortado-agent`, import.meta.url));
}

/** Those that are built: this computer's with the reference backend, ARM's under QEMU with NEON. */
export const agents: readonly RunnableAgent[] = [
  { name: 'reference', command: built('host'), prefix: [], backend: 'reference' as const },
  { name: 'NEON (aarch64)', command: 'qemu-aarch64', prefix: [built('aarch64')], backend: 'neon' as const },
  { name: 'NEON (armv7)', command: 'qemu-arm', prefix: [built('armv7')], backend: 'neon' as const },
].filter(({ command, prefix }) => [command, ...prefix].every((part) => existsSync(part) || isInstalled(part)));

/** What the agent says when its results are those that the package holds; an error with its output where not. */
export async function verifyPackage(
  agent: RunnableAgent,
  path: string,
): Promise<{
  readonly int8Blobs: number;
  readonly floatOutputs: readonly {
    readonly name: string;
    readonly maxDifference: number;
    readonly tolerance: number;
  }[];
}> {
  const { command, prefix, backend } = agent;
  const { stdout } = await promisify(execFile)(command, [...prefix, 'verify', path, '--backend', backend], {
    maxBuffer: 2 ** 26,
  });
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly event: string });
  const verified = events.find(({ event }) => event === 'verified');
  if (verified === undefined) throw new Error(stdout);
  return verified as never;
}
