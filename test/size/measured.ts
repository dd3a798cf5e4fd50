/** What loading a network took, in a process of its own. */
export interface Measured {
  /** How many parameters there are, or the code of the error. */
  readonly outcome: string;
  readonly milliseconds: number;
  /** Largest resident set above that of the program itself. */
  readonly peakBytes: number;
}
