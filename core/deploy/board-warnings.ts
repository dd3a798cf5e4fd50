import type { ProbeEvent } from './agent/events.ts';

/** Celsius from which many boards slow down. */
const HOT = 80;
/** Bytes below which a package hardly has room. */
const LITTLE_ROOM = 64 * 1024 * 1024;

/** What about a board will limit a run, each with its remedy. */
export function boardWarnings({ cpu, temperatures, throttled, storage }: ProbeEvent): string[] {
  const governors = new Set(cpu.cores.flatMap(({ governor }) => governor ?? []));
  const hottest = Math.max(-Infinity, ...temperatures.map(({ celsius }) => celsius));
  return [
    ...[...governors]
      .filter((name) => name !== 'performance')
      .map((name) => `The clock is managed by "${name}": latency may jump. The governor "performance" keeps it still.`),
    ...(throttled === true ? ['The board is slowing itself down: check its power supply and cooling.'] : []),
    ...(hottest >= HOT ? [`The board is at ${hottest.toFixed(0)} °C: let it cool down, or cool it.`] : []),
    ...(cpu.neon ? [] : ['The processor has no NEON: the portable backend runs, which is slow.']),
    ...(storage !== null && storage.freeBytes < LITTLE_ROOM
      ? ['There is hardly any room on the board: remove something there before the run.']
      : []),
  ];
}
