// Builds the simulated accelerator, which virtual Zynq boards have: build/fpga. `npm run fpga:simulator`.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quietly } from './agents.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'build', 'fpga');
/** Debian package → command. Verilator 5 or newer. */
const NEEDED = { verilator: 'verilator', cmake: 'cmake', 'g++': 'g++', make: 'make' };

install();
process.stderr.write('Turning the RTL into C++ …\n');
// An earlier configuration keeps what it says of tests.
const options = existsSync(join(output, 'CMakeCache.txt')) ? [] : ['-DCORTADO_FPGA_TESTS=OFF'];
quietly(output, 'configure', root, ['-S', join(root, 'native', 'fpga'), '-B', output, ...options]);
process.stderr.write('Building the simulated accelerator: some minutes the first time …\n');
const targets = ['cortado_fpga_xc7z010', 'cortado_fpga_xc7z020', 'cortado-fpga-simulator', 'run_image'];
quietly(output, 'build', root, [
  ...['--build', output, '--parallel', '2'],
  ...targets.flatMap((target) => ['--target', target]),
]);
process.stderr.write(`Built in ${output}. Try it: cortado deploy PACKAGE --board virtual:pynq-z1\n`);

function install() {
  const missing = Object.entries(NEEDED)
    .filter(([, command]) => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command]).status !== 0)
    .map(([name]) => name);
  if (missing.length === 0) return;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) {
    process.stderr.write(
      `These are missing: ${missing.join(' ')}.\n` +
        `On Debian or Ubuntu: sudo apt-get install ${missing.join(' ')}. Then run this command again.\n`,
    );
    process.exit(1);
  }
  process.stderr.write(`Installing Debian packages: ${missing.join(' ')} …\n`);
  const options = { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  execFileSync('apt-get', ['update', '-qq'], options);
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], options);
}
