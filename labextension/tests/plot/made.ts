/** Runs and lines as a source would give them. */

import type { Line } from '../../src/data/lines.js';
import type { RunView } from '../../src/data/run.js';
import { english } from '../../src/data/words.js';
import {
  DEFAULTS,
  type PlotChoices,
  type PlotData
} from '../../src/views/plot/host.js';
import {
  compose,
  type Look,
  type Picture
} from '../../src/views/plot/picture.js';

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
    taint: '',
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

export function picture(
  of: PlotData,
  choices: Partial<PlotChoices> = {},
  more: Partial<Look> = {}
): Picture {
  return compose(of, {
    choices: { ...DEFAULTS, ...choices },
    window: null,
    runs: null,
    refined: each => each,
    words: english,
    ...more
  });
}

/** Three seeds of each of two rates; the last of them is still running. */
export function sweep(): PlotData {
  const runs = [0.1, 0.01].flatMap((lr, at) =>
    [0, 1, 2].map(seed => {
      const label = `00${3 * at + seed + 1}`;
      const state = label === '006' ? 'running' : 'finished';
      return run(label, { parameters: { lr }, seed, state });
    })
  );
  const lines = runs.map(({ label, seed }) =>
    line(
      label,
      'loss',
      label === '006' ? [4, 3] : [4 + seed, 3 + seed, 2 + seed]
    )
  );
  return data({ runs, lines, varied: ['lr'] });
}
