import { mainCalls, type CallName, type MainCallName } from '../shared/ipc-schema.ts';

/** Whether main answers the call; all others are the engine's. */
export function isMainCall(name: CallName): name is MainCallName {
  return Object.hasOwn(mainCalls, name);
}
