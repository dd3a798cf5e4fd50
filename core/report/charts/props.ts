/** The same as text, below the drawing. */
export interface ChartTable {
  /** What opens it. */
  readonly summary: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The words of a chart, in the reader's language. */
export interface ChartWords {
  readonly title: string;
  /** What the picture shows, in words, for those who do not see it. */
  readonly description: string;
  /** Left out where the figures stand elsewhere. */
  readonly table?: ChartTable | undefined;
}

export interface TimelineChartProps extends ChartWords {
  /** In the order of the runs, in nanoseconds; at least one. */
  readonly samplesNs: readonly number[];
  /** How many there will be; the number of samples where they are all there. */
  readonly total?: number | undefined;
}

export interface DistributionChartProps extends ChartWords {
  /** In nanoseconds; at least one. */
  readonly samplesNs: readonly number[];
  /** Lines to draw: percentiles with their names. */
  readonly marks: readonly { readonly name: string; readonly ns: number }[];
}

export interface Bar {
  readonly name: string;
  /** Not negative. */
  readonly value: number;
  /** The value as it is written beside the bar. */
  readonly text: string;
  /** A second value, drawn as a thinner bar. */
  readonly second?: number | undefined;
}

export interface BarsChartProps extends ChartWords {
  /** From top to bottom. */
  readonly bars: readonly Bar[];
}
