// Builds cortado-agent per architecture and puts it where the library looks for it: resources/agents/ARCHITECTURE/.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the library calls the architecture of this computer (core/cli/agents.ts has the same names). */
const HOST_ARCHITECTURE = { x64: 'x86_64', arm64: 'aarch64', arm: 'armv7' }[process.arch] ?? process.arch;

/**
 * @param root the repository
 * @param presets CMake presets: host, aarch64, armv7
 */
export function buildAgents(root, presets) {
  for (const preset of presets) {
    const output = configureAndBuild(root, preset, ['cortado-agent']);
    const architecture = preset === 'host' ? HOST_ARCHITECTURE : preset;
    const folder = join(root, 'resources', 'agents', architecture);
    const target = join(folder, 'cortado-agent');
    const source = join(output, 'agent', 'cortado-agent');
    if (existsSync(target) && statSync(target).mtimeMs >= statSync(source).mtimeMs) continue;
    mkdirSync(folder, { recursive: true });
    copyFileSync(source, target);
    chmodSync(target, 0o755);
  }
}

/** Configures a preset where that has not been done, builds the targets, and returns the build folder. */
export function configureAndBuild(root, preset, targets) {
  const native = join(root, 'native');
  const output = join(root, 'build', 'native', preset);
  if (!existsSync(join(output, 'build.ninja'))) {
    process.stderr.write(`Configuring the native ${preset} build …\n`);
    quietly(output, 'configure', native, ['--preset', preset]);
  }
  process.stderr.write(`Building for ${preset} …\n`);
  quietly(output, 'build', native, [
    '--build',
    '--preset',
    preset,
    ...targets.flatMap((target) => ['--target', target]),
  ]);
  return output;
}

/** Runs cmake and shows its output only where it fails. */
export function quietly(output, step, folder, args) {
  try {
    execFileSync('cmake', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
  } catch (error) {
    mkdirSync(output, { recursive: true });
    const log = join(output, `${step}.log`);
    const text = `${error.stdout ?? ''}${error.stderr ?? ''}`;
    writeFileSync(log, text);
    process.stderr.write(`${text.slice(-8000)}\ncmake failed; everything it said is in ${log}.\n`);
    process.exit(1);
  }
}
