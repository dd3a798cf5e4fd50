import { describe, expect, it } from 'vitest';
import { parseAgentLine } from './events.ts';

describe('parseAgentLine', () => {
  it('reads an event and passes over fields of a newer agent', () => {
    const line = '{"event":"sample","index":0,"total":3,"latencyNs":1000,"mood":"good"}';
    const event = { event: 'sample', index: 0, total: 3, latencyNs: 1000 };
    expect(parseAgentLine(line)).toEqual({ kind: 'event', event });
  });

  it.each([
    ['Segmentation fault', 'not JSON'],
    ['{"event":"sample","index":0', 'not JSON'],
    ['[1,2]', 'without an event'],
    ['null', 'without an event'],
    ['42', 'without an event'],
    ['{"event":"telepathy"}', 'does not know'],
    ['{"event":"sample","index":0,"total":3,"latencyNs":"fast"}', 'latencyNs'],
    ['{"event":"done","latenciesNs":[1,null]}', 'latenciesNs.1'],
  ])('says what is wrong with %s', (line, reason) => {
    const parsed = parseAgentLine(line);
    expect(parsed.kind === 'other' && parsed.reason).toContain(reason);
  });
});
