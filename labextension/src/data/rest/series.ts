/** Lines that come whole or as what was added to them. */

import { isRecord, record, records, text, texts } from '../json.js';
import type { Line, MeanLine } from '../lines.js';

/** Twice of what a plot may be asked to draw: no answer is longer. */
const LONGEST = 32_000;

interface Piece {
  keep: number;
  x: number[];
  time: number[];
  y: (number | null)[];
}

interface LinePiece extends Piece {
  run: string;
  metric: string;
  xName: Line['xName'];
  mean: Piece | null;
}

export interface Series {
  /** Hand back to get what was added since; empty if that cannot be. */
  cursor: string;
  lines: LinePiece[];
  /** All runs that have lines. */
  runs: ReadonlySet<string>;
  /** Whether there is more to be read at once. */
  behind: boolean;
  /** Whether these are all lines there are: any other is gone. */
  reset: boolean;
}

/** @throws Error if points are not what they should be. */
export function readSeries(data: unknown): Series {
  const of = record(data);
  return {
    cursor: text(of.cursor),
    lines: records(of.lines).map(readLinePiece),
    runs: new Set(texts(of.runs)),
    behind: of.behind === true,
    reset: of.reset === true
  };
}

/** Lines of an answer that holds all of their points. */
export function wholeLines(data: unknown): Line[] {
  return added([], readSeries(data), false) ?? [];
}

/**
 * Lines with what an answer adds to them; null if it does not fit them.
 *
 * A line that is not mentioned stays the same object. The arrays of one that is
 * are changed in place, in a new object.
 *
 * @param dropping - whether lines of runs that the answer does not name go.
 */
export function added(
  lines: readonly Line[],
  series: Series,
  dropping = true
): Line[] | null {
  const before = series.reset ? [] : lines;
  const known = new Map(before.map(line => [keyOf(line), line]));
  for (const piece of series.lines) {
    const old = known.get(keyOf(piece));
    if (!fits(piece, old)) {
      return null;
    }
  }
  for (const piece of series.lines) {
    const old = known.get(keyOf(piece));
    known.set(keyOf(piece), {
      run: piece.run,
      metric: piece.metric,
      xName: piece.xName,
      ...joined(piece, old),
      mean: piece.mean && joined(piece.mean, old?.mean)
    });
  }
  // A line without points was taken away.
  const all = [...known.values()].filter(line => line.x.length > 0);
  return dropping ? all.filter(line => series.runs.has(line.run)) : all;
}

function fits(piece: LinePiece, old: Line | undefined): boolean {
  return (
    piece.keep <= (old?.x.length ?? 0) &&
    (piece.mean?.keep ?? 0) <= (old?.mean?.x.length ?? 0)
  );
}

function joined(piece: Piece, old: MeanLine | null | undefined): MeanLine {
  const { keep, x, time, y } = piece;
  if (!old || keep === 0) {
    return { x, time, y };
  }
  return {
    x: extended(old.x, keep, x),
    time: extended(old.time, keep, time),
    y: extended(old.y, keep, y)
  };
}

function extended<T>(values: T[], keep: number, more: T[]): T[] {
  values.length = keep;
  for (const value of more) {
    values.push(value);
  }
  return values;
}

function keyOf({ run, metric }: { run: string; metric: string }): string {
  return `${run}\n${metric}`;
}

function readLinePiece(data: Record<string, unknown>): LinePiece {
  return {
    run: text(data.run),
    metric: text(data.metric),
    xName: data.x_name === 'row' ? 'row' : 'step',
    ...readPiece(data),
    mean: isRecord(data.mean) ? readPiece(data.mean) : null
  };
}

function readPiece(data: Record<string, unknown>): Piece {
  const { keep } = data;
  const x = points(data.x);
  const time = points(data.time);
  const y = points(data.y);
  if (
    x.length !== y.length ||
    time.length !== y.length ||
    x.includes(null) ||
    time.includes(null)
  ) {
    throw new Error('The points of a line are not what they should be.');
  }
  return {
    keep: typeof keep === 'number' && keep > 0 ? Math.floor(keep) : 0,
    x: x as number[],
    time: time as number[],
    y
  };
}

/** Numbers; null for whatever is none. */
function points(data: unknown): (number | null)[] {
  if (!Array.isArray(data) || data.length > LONGEST) {
    return data === undefined ? [] : [null];
  }
  const values = data as unknown[];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      values[index] = null;
    }
  }
  return values as (number | null)[];
}
