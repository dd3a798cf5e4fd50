import { StringDecoder } from 'node:string_decoder';

/** Longer lines are dropped: no sender that keeps to the protocol writes them. */
export const LONGEST_LINE = 1 << 20;

/** Cuts a stream of bytes into lines. Memory stays bounded whatever the sender does. */
export class LineReader {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';
  private dropping = false;

  /**
   * @param onLine gets each line without its end, empty ones left out
   * @param onTooLong is called once for a line longer than `limit` characters; the line itself is dropped
   */
  constructor(
    private readonly onLine: (line: string) => void,
    private readonly onTooLong: () => void = () => undefined,
    private readonly limit = LONGEST_LINE,
  ) {}

  push(data: Uint8Array): void {
    const pieces = this.decoder.write(Buffer.from(data.buffer, data.byteOffset, data.byteLength)).split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      this.append(piece);
      this.deliver();
    }
    this.append(last);
  }

  /** What came after the last line feed is a line too when the stream ends. */
  end(): void {
    this.append(this.decoder.end());
    this.deliver();
  }

  private append(piece: string): void {
    if (this.dropping) return;
    if (this.rest.length + piece.length > this.limit) {
      this.dropping = true;
      this.rest = '';
      this.onTooLong();
    } else {
      this.rest += piece;
    }
  }

  private deliver(): void {
    const line = this.rest.trim();
    const dropped = this.dropping;
    this.rest = '';
    this.dropping = false;
    if (!dropped && line !== '') this.onLine(line);
  }
}
