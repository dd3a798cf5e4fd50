/** One file on its way to a board. */
export interface SendJob {
  /** On this computer. */
  readonly source: string;
  /** On the board; made anew. */
  readonly target: string;
  readonly signal?: AbortSignal | undefined;
  /** Bytes sent so far. */
  readonly onSent: (bytes: number) => void;
}
