// What every installed app must bring along. A package without one of these would fail on somebody's board.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const AGENTS = ['aarch64', 'armv7'];

/** Files that are not there, relative to the root; the virtual board needs an agent for the computer itself, on Linux. */
export function missingResources(root, platform, architecture) {
  const own = platform === 'linux' ? [{ x64: 'x86_64', arm64: 'aarch64', armv7l: 'armv7' }[architecture]] : [];
  const agents = [...new Set([...AGENTS, ...own])].filter((name) => name !== undefined);
  return [
    ...agents.map((name) => `resources/agents/${name}/cortado-agent`),
    ...['deploy.prototxt', 'digits.caffemodel', 'labels.csv', 'labels.txt', 'images'].map(
      (name) => `resources/sample/${name}`,
    ),
    ...[
      'resources/boards/virtual.json',
      'native/fpga/rtl/files.f',
      'native/fpga/vivado/build.tcl',
      'resources/icons/icon.png',
      'THIRD-PARTY-NOTICES.md',
      'LICENSE',
    ],
    ...['main.cjs', 'preload.cjs', 'engine.cjs', 'worker.cjs', 'updater.cjs', 'renderer/index.html'].map(
      (name) => `build/app/${name}`,
    ),
  ].filter((name) => !existsSync(join(root, name)));
}
