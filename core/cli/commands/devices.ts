import { Option, type Command } from 'commander';
import { nodeWorkers } from '../../calibration/workers/node-workers.ts';
import { chooseDevice } from '../../inference/devices/choose-device.ts';
import { textTable } from '../text-table.ts';
import { note, print } from '../terminal.ts';

interface DevicesFlags {
  readonly json?: true;
  readonly prefer: 'auto' | 'gpu';
}

export function addDevicesCommand(program: Command, signal: AbortSignal): void {
  program
    .command('devices')
    .description('tries what could run a network in fp32 here, and says what would be used')
    .addOption(
      new Option('--prefer <auto|gpu>', 'gpu: a GPU even where it is slower, as calibrate --gpu 1 has it')
        .choices(['auto', 'gpu'])
        .default('auto'),
    )
    .option('--json', 'print the result as JSON')
    .action((flags: DevicesFlags) => listDevices(flags, signal));
}

async function listDevices({ json, prefer }: DevicesFlags, signal: AbortSignal): Promise<void> {
  const device = await chooseDevice({
    launch: nodeWorkers,
    prefer,
    signal,
    onTrial: ({ name }) => {
      note(`${name} was tried.`);
    },
  });
  if (json === true) {
    print(JSON.stringify(device, null, 2));
    return;
  }
  const rows = device.tried.map(({ name, works, provider, reason }) => [
    name,
    provider === device.provider ? 'used' : works ? 'works' : 'put aside',
    reason,
  ]);
  print(textTable(['device', '', 'why'], rows));
  note(`${device.name}: ${device.why}`);
}
