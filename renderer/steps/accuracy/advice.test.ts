import { describe, expect, it } from 'vitest';
import type { AccuracyView } from '../../../electron/shared/schemas/results.ts';
import { adviceOn } from './advice.ts';

const view: AccuracyView = {
  labelled: null,
  agreement: { top1: 1, top5: 1 },
  pictures: 200,
  layers: [],
  differences: [],
  advice: [],
};
const labelled = (fp32: number, int8: number): AccuracyView['labelled'] => ({
  pictures: 200,
  fp32: { top1: fp32, top5: fp32 },
  int8: { top1: int8, top5: int8 },
});
const codes = (change: Partial<AccuracyView>): string[] => adviceOn({ ...view, ...change }).map(({ code }) => code);

describe('the advice after a measurement', () => {
  it('says when all is well', () => {
    expect(codes({ labelled: labelled(0.8, 0.795) })).toEqual(['good']);
    expect(codes({})).toEqual(['good', 'no-labels']);
  });

  it('names layers that stand out, and then does not say that all is well', () => {
    const advice = [{ code: 'large-error', layers: ['conv1'] }];
    expect(adviceOn({ ...view, labelled: labelled(0.8, 0.8), advice })).toEqual(advice);
  });

  it('blames the preprocessing before int8', () => {
    expect(codes({ labelled: labelled(0.1, 0.02), agreement: { top1: 0.2, top5: 0.4 } })).toEqual(['fp32-poor']);
  });

  it('points at the search where int8 loses much', () => {
    expect(codes({ labelled: labelled(0.8, 0.7), agreement: { top1: 0.85, top5: 0.9 } })).toEqual(['best-accuracy']);
  });

  it('warns of few pictures, and says nothing of answers where there are none', () => {
    expect(codes({ pictures: 12 })).toEqual(['good', 'few-pictures', 'no-labels']);
    expect(codes({ agreement: { top1: 0, top5: 0 } })).toEqual([]);
  });
});
