import { describe, expect, it } from 'vitest';
import { LineReader } from './lines.ts';

function linesOf(chunks: readonly (string | Buffer)[], limit?: number): { lines: string[]; tooLong: number } {
  const lines: string[] = [];
  let tooLong = 0;
  const reader = new LineReader(
    (line) => lines.push(line),
    () => tooLong++,
    limit,
  );
  for (const chunk of chunks) reader.push(Buffer.from(chunk as string));
  reader.end();
  return { lines, tooLong };
}

describe('LineReader', () => {
  it('joins what arrives in pieces', () => {
    expect(linesOf(['{"a"', ':1}\n{"b":', '2}', '\n']).lines).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('takes a last line without its end, CRLF and empty lines', () => {
    expect(linesOf(['one\r\n\r\n\ntwo']).lines).toEqual(['one', 'two']);
  });

  it('does not break characters that arrive in two pieces', () => {
    const bytes = Buffer.from('41 °C\n');
    expect(linesOf([bytes.subarray(0, 4), bytes.subarray(4)]).lines).toEqual(['41 °C']);
  });

  it('drops a line that is too long, says so once and goes on with the next', () => {
    const long = 'x'.repeat(40);
    expect(linesOf(['one\n', long, long, `${long}\ntwo\n`], 50)).toEqual({ lines: ['one', 'two'], tooLong: 1 });
  });
});
