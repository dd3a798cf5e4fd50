import type { Fields } from './fields.ts';

/** What a file's include and exclude rules are held against. */
export interface NetState {
  readonly phase: 'TRAIN' | 'TEST';
  readonly level: number;
  readonly stages: readonly string[];
}

/** The state in which a network is deployed: phase TEST with the level and stages that the file states. */
export function deployState(net: Fields): NetState {
  const state = net.nested('state');
  return { phase: 'TEST', level: state.number('level', 0), stages: state.strings('stage') };
}

/** Caffe's rule: with includes, one must be met; else no exclude may be met. */
export function isIncluded(layer: Fields, state: NetState): boolean {
  const includes = layer.all('include');
  if (includes.length > 0) return includes.some((rule) => isMet(rule, state));
  return !layer.all('exclude').some((rule) => isMet(rule, state));
}

function isMet(rule: Fields, state: NetState): boolean {
  return (
    (!rule.has('phase') || rule.enumeration('phase', 'TRAIN') === state.phase) &&
    (!rule.has('min_level') || state.level >= rule.number('min_level', 0)) &&
    (!rule.has('max_level') || state.level <= rule.number('max_level', 0)) &&
    rule.strings('stage').every((stage) => state.stages.includes(stage)) &&
    !rule.strings('not_stage').some((stage) => state.stages.includes(stage))
  );
}
