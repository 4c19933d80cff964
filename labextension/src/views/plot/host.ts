/** What a plot is given, and what it asks of the program around it. */

import type { Axis, Line, Range } from '../../data/lines.js';
import type { RunView } from '../../data/run.js';
import type { Words } from '../../data/words.js';

export interface PlotData {
  lines: readonly Line[];
  runs: readonly RunView[];
  /** Names of the parameters that differ between runs. */
  varied: readonly string[];
  thresholds: readonly Threshold[];
}

/** A level that a prediction names. */
export interface Threshold {
  metric: string;
  value: number;
  label: string;
}

export interface PlotHost {
  words: Words;
  /** More detail for a part. */
  range(range: Range, signal: AbortSignal): Promise<Line[]>;
  /** Told when the width changes: points a line may have. */
  setPoints(points: number): void;
  /** Show a short message, such as "Copied". */
  say(sentence: string): void;
  /** What the reader chose for this experiment before. */
  load(): Partial<PlotChoices>;
  save(choices: PlotChoices): void;
}

/** How a reader wants the lines drawn. */
export interface PlotChoices {
  /** All metrics in one plot, instead of one plot for each. */
  overlaid: boolean;
  by: Axis;
  logX: boolean;
  logY: boolean;
  /** Weight of the past, from 0 (as logged) to 0.99. */
  smoothing: number;
  /** Show the single lines behind a mean. */
  singles: boolean;
  /** Metrics to show; null: the first ones. */
  metrics: string[] | null;
}

export const DEFAULTS: PlotChoices = {
  overlaid: false,
  by: 'step',
  logX: false,
  logY: false,
  smoothing: 0,
  singles: false,
  metrics: null
};

/** Panels that are shown unless the reader asks for others. */
export const MOST_PANELS = 12;

export const MOST_SMOOTHING = 0.99;

/** Read what was stored, with care: anybody may have written it. */
export function readChoices(stored: Partial<PlotChoices>): PlotChoices {
  const given = stored as Record<string, unknown>;
  const flag = (name: keyof PlotChoices): boolean => given[name] === true;
  const smoothing = Number(given.smoothing);
  const metrics = given.metrics;
  return {
    overlaid: flag('overlaid'),
    by: given.by === 'time' ? 'time' : 'step',
    logX: flag('logX'),
    logY: flag('logY'),
    smoothing:
      smoothing > 0 ? Math.min(smoothing, MOST_SMOOTHING) : DEFAULTS.smoothing,
    singles: flag('singles'),
    metrics: Array.isArray(metrics)
      ? metrics.filter(name => typeof name === 'string')
      : null
  };
}
