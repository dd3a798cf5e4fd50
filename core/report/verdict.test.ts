import { describe, expect, it } from 'vitest';
import { sampleLatencies, sampleReport } from './report.fixture.ts';
import type { Report } from './schema.ts';
import { findingsOf, overallLevel } from './verdict.ts';

function codes(report: Report): string[] {
  return findingsOf(report).map((finding) => finding.code);
}

const steady = sampleReport(sampleLatencies(300, 2.4e6));

describe('findingsOf', () => {
  it('trusts many steady runs on a real board', () => {
    expect(codes(steady)).toEqual(['steady']);
    expect(overallLevel(findingsOf(steady))).toBe('good');
  });

  it('says that times of an emulated board mean nothing', () => {
    const report = { ...steady, board: { ...steady.board, kind: 'virtual' as const, emulated: true } };
    expect(codes(report)).toEqual(['emulated']);
    expect(overallLevel(findingsOf(report))).toBe('bad');
  });

  it('says that a virtual board is this computer', () => {
    expect(codes({ ...steady, board: { ...steady.board, kind: 'virtual' } })).toEqual(['virtual']);
  });

  it('asks for more than a mean of three runs', () => {
    expect(codes(sampleReport([1e6, 1.1e6, 1.2e6]))).toEqual(['few-samples']);
  });

  it('notices runs that become slower', () => {
    const samples = sampleLatencies(300, 2e6).map((value, index) => value * (1 + index / 1500));
    expect(codes(sampleReport(samples))).toEqual(['drift']);
    const finding = findingsOf(sampleReport(samples))[0];
    expect(finding.text).toContain('slower');
  });

  it('notices a long tail', () => {
    const samples = sampleLatencies(300, 2e6).map((value, index) => (index % 50 === 0 ? value * 3 : value));
    expect(codes(sampleReport(samples))).toEqual(['long-tail']);
  });

  it('notices a median that is not certain', () => {
    const samples = Array.from({ length: 40 }, (_, index) => 1e6 + ((index * 7919) % 40) * 1e5);
    expect(codes(sampleReport(samples))).toContain('uncertain-median');
  });

  it('notices throttling, moving clocks, heat and governors', () => {
    const [before, during, after] = steady.conditions;
    const slow = { ...during, clocks: [{ cpu: 0, hz: 6e8 }], throttled: true };
    const hot = { ...after, temperatures: [{ zone: 'cpu', celsius: 85 }], governors: ['ondemand'] };
    const report = { ...steady, conditions: [before, during, slow, hot] };
    expect(codes(report)).toEqual(['throttled', 'clock-changed', 'hot', 'governor']);
  });

  it('does not mind a low clock before the run', () => {
    const idle = { ...steady.conditions[0], clocks: [{ cpu: 0, hz: 6e8 }] };
    expect(codes({ ...steady, conditions: [idle, ...steady.conditions.slice(1)] })).toEqual(['steady']);
  });
});
