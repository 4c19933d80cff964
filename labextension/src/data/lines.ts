/** Lines of a plot, thinned to what can be drawn. */

/** One metric of one run. Arrays of one line have equal lengths. */
export interface Line {
  /** Label of the run, such as `003`. */
  run: string;
  metric: string;
  /** What `x` counts: `step`, or `row` where no step was logged. */
  xName: 'step' | 'row';
  x: number[];
  /** Unix time of each point, in seconds. */
  time: number[];
  /** null where nothing is to be drawn. */
  y: (number | null)[];
  /**
   * Means of the stretches that were thinned, for smoothing and averaging;
   * null where every value is in `y` itself.
   */
  mean: MeanLine | null;
}

export interface MeanLine {
  x: number[];
  time: number[];
  y: (number | null)[];
}

export type Axis = 'step' | 'time';

/** A part of the plot, asked for in more detail. */
export interface Range {
  metrics: string[];
  /** Labels of runs; empty: all. */
  runs: string[];
  by: Axis;
  from: number;
  to: number;
  /** How many points a line may have: at most twice the pixels. */
  points: number;
}
