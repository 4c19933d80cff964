/** What a plot shows, as a table for other programs. */

import type { Axis, Line } from '../../data/lines.js';
import type { RunView } from '../../data/run.js';
import { beginnings } from './curve.js';
import type { Span } from './axes.js';

export interface Shown {
  lines: readonly Line[];
  runs: readonly RunView[];
  varied: readonly string[];
  by: Axis;
  /** Part of x that is looked at; null: all of it. */
  window: Span | null;
}

/**
 * One row a value: run, what was varied, seed, metric, x, time and value.
 *
 * Values are as they were logged, not as they are smoothed.
 */
export function csv({ lines, runs, varied, by, window }: Shown): string {
  const names = varied.filter(name => name !== 'seed');
  const counted = new Set(lines.map(line => line.xName));
  const x = counted.size === 1 ? [...counted][0]! : 'x';
  const rows = [['run', ...names, 'seed', 'metric', x, 'time', 'value']];
  const known = new Map(runs.map(run => [run.label, run]));
  const starts = beginnings(lines);
  for (const line of lines) {
    const run = known.get(line.run);
    const start = starts.get(line.run) ?? 0;
    const first = [
      line.run,
      ...names.map(name => written(run?.parameters[name])),
      String(run?.seed ?? ''),
      line.metric
    ];
    line.y.forEach((value, index) => {
      const [step, time] = [line.x[index]!, line.time[index]!];
      const place = by === 'time' ? time - start : step;
      if (
        value !== null &&
        (!window || (place >= window[0] && place <= window[1]))
      ) {
        rows.push([...first, String(step), String(time), String(value)]);
      }
    });
  }
  return rows.map(row => `${row.map(quoted).join(',')}\n`).join('');
}

function written(value: unknown): string {
  if (value === undefined || value === null) {
    return '';
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
