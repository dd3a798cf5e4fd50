import { benchApp } from './app.ts';
import { benchAccuracy } from './accuracy.ts';
import { benchCalibrate } from './calibrate.ts';
import { benchFpga } from './fpga.ts';

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  accuracy: benchAccuracy,
  app: benchApp,
  calibrate: benchCalibrate,
  fpga: benchFpga,
};

const [name = '', ...args] = process.argv.slice(2);
if (!Object.hasOwn(benches, name)) {
  process.stderr.write(`Usage: npm run bench -- ${Object.keys(benches).join('|')}\n`);
  process.exitCode = 2;
} else {
  await benches[name](args);
}
