// Builds the accelerator's simulation, `build/fpga`, with all of its tests.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { quietly } from './agents.mjs';

/**
 * @param root the repository
 * @returns the build folder
 */
export function buildSimulation(root) {
  const source = join(root, 'native', 'fpga');
  const output = join(root, 'build', 'fpga');
  // Configured every time: the models' files are known only when Verilator has run, sources come and go, and
  // `npm run fpga:simulator` may have configured it without tests.
  const generator = existsSync(join(output, 'CMakeCache.txt')) ? [] : ['-G', 'Ninja'];
  quietly(output, 'configure', root, ['-S', source, '-B', output, '-DCORTADO_FPGA_TESTS=ON', ...generator]);
  process.stderr.write('Building the accelerator’s simulation …\n');
  quietly(output, 'build', root, ['--build', output, '--parallel', '2']);
  return output;
}
