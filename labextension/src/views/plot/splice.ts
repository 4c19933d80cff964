/** Putting the detail of a part into a line that was thinned. */

import type { Axis, Line, MeanLine, Range } from '../../data/lines.js';
import type { Span } from './axes.js';

export function lineKey(line: { run: string; metric: string }): string {
  return JSON.stringify([line.run, line.metric]);
}

/** A line whose middle is known better: what lies around it stays. */
export function spliced(coarse: Line, detail: Line, by: Axis): Line {
  const middle = places(detail, by);
  if (!middle.length) {
    return coarse;
  }
  return {
    ...coarse,
    ...joined(coarse, detail, by, middle),
    mean: coarse.mean && joined(coarse.mean, detail.mean ?? detail, by, middle)
  };
}

function joined(
  coarse: MeanLine,
  detail: MeanLine,
  by: Axis,
  middle: readonly number[]
): MeanLine {
  const place = places(coarse, by);
  const [from, to] = [middle[0]!, middle.at(-1)!];
  let first = place.findIndex(each => each >= from);
  let last = place.findIndex(each => each > to);
  first = first < 0 ? place.length : first;
  last = last < 0 ? place.length : Math.max(first, last);
  const join = <T>(around: T[], inside: T[]): T[] => [
    ...around.slice(0, first),
    ...inside,
    ...around.slice(last)
  ];
  return {
    x: join(coarse.x, detail.x),
    time: join(coarse.time, detail.time),
    y: join(coarse.y, detail.y)
  };
}

function places(points: MeanLine, by: Axis): number[] {
  return by === 'time' ? points.time : points.x;
}

/**
 * What to ask for so that a window is drawn in full detail.
 *
 * Steps are the same for all runs; seconds count from each run's own beginning,
 * so that every run has its own range. Lines that were not thinned are left out.
 */
export function ranges(
  lines: readonly Line[],
  starts: ReadonlyMap<string, number>,
  by: Axis,
  [from, to]: Span,
  points: number
): Range[] {
  const thinned = lines.filter(line => line.mean !== null);
  const metrics = unique(thinned.map(line => line.metric));
  const runs = unique(thinned.map(line => line.run));
  if (!runs.length) {
    return [];
  }
  if (by === 'step') {
    return [{ metrics, runs, by, from, to, points }];
  }
  return runs.map(run => {
    const start = starts.get(run) ?? 0;
    return {
      metrics: unique(
        thinned.filter(line => line.run === run).map(line => line.metric)
      ),
      runs: [run],
      by,
      from: start + from,
      to: start + to,
      points
    };
  });
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
