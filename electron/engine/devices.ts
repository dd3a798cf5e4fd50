import { cpus } from 'node:os';
import type { EngineCalls } from '../shared/ipc-schema.ts';
import type * as v from 'valibot';

type Device = v.InferOutput<EngineCalls['devices.list']['result']>[number];

/** What can run the network in fp32 on this computer: the processor, so far. */
export function listDevices(): Device[] {
  const name = cpus().at(0)?.model.trim() ?? process.arch;
  return [{ id: 'cpu', name, usable: true, used: true, reason: '' }];
}
