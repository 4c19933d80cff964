/** Runs and lines as a source would give them. */

import type { Line } from '../../src/data/lines.js';
import type { RunView } from '../../src/data/run.js';
import type { PlotData } from '../../src/views/plot/host.js';

export function run(label: string, more: Partial<RunView> = {}): RunView {
  return {
    id: `id-${label}`,
    label,
    state: 'finished',
    parameters: {},
    seed: 0,
    final: {},
    progress: null,
    seconds: 1,
    reason: '',
    tail: '',
    figures: [],
    ...more
  };
}

/** A line with a value for each step from 0 on, a second apart from 1000. */
export function line(
  label: string,
  metric: string,
  y: (number | null)[],
  more: Partial<Line> = {}
): Line {
  return {
    run: label,
    metric,
    xName: 'step',
    x: y.map((_, index) => index),
    time: y.map((_, index) => 1000 + index),
    y,
    mean: null,
    ...more
  };
}

export function data(more: Partial<PlotData> = {}): PlotData {
  return { lines: [], runs: [], varied: [], thresholds: [], ...more };
}
