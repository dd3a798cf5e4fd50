import { formatBytes, formatHertz } from '../../../core/report/format.ts';
import type { BoardView } from '../../../electron/shared/schemas/results.ts';
import { t, texts } from '../../i18n/i18n.svelte.ts';

/** What a board said of itself, in rows of a table; what it did not say is left out. */
export function probeFacts({ address, probe, hostKey }: BoardView): readonly (readonly [string, string])[] {
  const { system, cpu, memory, storage, fpga } = probe;
  const instructions = (['neon', 'dotprod', 'i8mm', 'fp16'] as const).filter((name) => cpu[name]);
  const cores = cpu.cores.map((core) => {
    const clock = core.maxHz === null ? '' : `, ${formatHertz(core.maxHz)}`;
    return core.name === null
      ? `${t('board.cores', { n: core.count })}${clock}`
      : `${core.count} × ${core.name}${clock}`;
  });
  const governors = [...new Set(cpu.cores.flatMap(({ governor }) => (governor === null ? [] : [governor])))];
  const hottest = Math.max(...probe.temperatures.map(({ celsius }) => celsius));
  const facts: readonly (readonly [string, string])[] = [
    [t('board.model'), [system.model ?? system.hostname, address].join(', ')],
    [t('board.processor'), cores.join('; ')],
    [t('board.instructions'), [probe.agent.architecture, ...instructions].join(', ')],
    [
      t('board.memory'),
      t('board.memory.text', { free: formatBytes(memory.availableBytes), total: formatBytes(memory.totalBytes) }),
    ],
    [t('board.storage'), storage === null ? '' : formatBytes(storage.freeBytes)],
    [t('board.clocks'), probe.clocks.map(({ hz }) => formatHertz(hz)).join(', ')],
    [t('board.temperature'), probe.temperatures.length === 0 ? '' : `${texts.number(hottest, 1)} °C`],
    [t('board.throttled'), probe.throttled === null ? '' : t(probe.throttled ? 'word.yes' : 'word.no')],
    [t('board.governor'), governors.join(', ')],
    [t('board.system'), system.os ?? ''],
    [t('board.kernel'), `${system.kernel} (${system.machine})`],
    [t('board.fpga'), fpga?.manager ?? t('word.none')],
    [t('board.hostKey'), `${hostKey.type} ${hostKey.fingerprint}`.trim()],
  ];
  return facts.filter(([, value]) => value !== '');
}
