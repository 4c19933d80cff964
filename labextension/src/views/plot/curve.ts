/** Lines as they are drawn: numbers over numbers, in order. */

import type { Axis, Line, MeanLine } from '../../data/lines.js';

/** Arrays of equal lengths; x never falls, and NaN in y is a gap. */
export interface Curve {
  x: Float64Array;
  y: Float64Array;
}

/** Values beyond this are gaps: arithmetic on them may overflow. */
const LARGEST = 1e100;

/** When each run began, in Unix seconds: its first row. */
export function beginnings(lines: readonly Line[]): Map<string, number> {
  const starts = new Map<string, number>();
  for (const { run, time } of lines) {
    const first = time[0];
    if (first !== undefined) {
      starts.set(run, Math.min(first, starts.get(run) ?? Infinity));
    }
  }
  return starts;
}

/** Take a line's points by step, or by seconds since its run began. */
export function curve(points: MeanLine, by: Axis, start = 0): Curve {
  const length = points.x.length;
  const x = new Float64Array(length);
  const y = new Float64Array(length);
  let rises = true;
  for (let i = 0; i < length; i++) {
    x[i] = by === 'time' ? points.time[i]! - start : points.x[i]!;
    y[i] = drawable(points.y[i]);
    rises &&= i === 0 || x[i]! >= x[i - 1]!;
  }
  return rises ? { x, y } : ordered({ x, y });
}

/** A run that was continued may log a step again: put it where it belongs. */
function ordered({ x, y }: Curve): Curve {
  const order = Array.from(x.keys()).sort((a, b) => x[a]! - x[b]! || a - b);
  return {
    x: Float64Array.from(order, index => x[index]!),
    y: Float64Array.from(order, index => y[index]!)
  };
}

function drawable(value: number | null | undefined): number {
  return value !== null && value !== undefined && Math.abs(value) < LARGEST
    ? value
    : NaN;
}

/** A curve for logarithmic axes, and how many of its values have no place there. */
export function positive(
  from: Curve,
  axes: { logX: boolean; logY: boolean }
): { curve: Curve; leftOut: number } {
  let { x, y } = from;
  let leftOut = 0;
  if (axes.logX) {
    const first = firstAbove(x, 0);
    leftOut += first;
    [x, y] = [x.subarray(first), y.subarray(first)];
  }
  if (axes.logY && y.some(value => value <= 0)) {
    y = y.map(value => {
      if (value <= 0) {
        leftOut += 1;
        return NaN;
      }
      return value;
    });
  }
  return { curve: { x, y }, leftOut };
}

/** Index of the first x that is larger than a value. */
export function firstAbove(x: Float64Array, value: number): number {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! > value) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/** Index of the drawn point that is nearest to x; -1 where none is drawn. */
export function nearest({ x, y }: Curve, at: number): number {
  const split = firstAbove(x, at);
  let left = split - 1;
  let right = split;
  while (left >= 0 && Number.isNaN(y[left]!)) {
    left -= 1;
  }
  while (right < x.length && Number.isNaN(y[right]!)) {
    right += 1;
  }
  if (left < 0 || right >= x.length) {
    return left < 0 && right >= x.length ? -1 : left < 0 ? right : left;
  }
  return at - x[left]! <= x[right]! - at ? left : right;
}

/** The lowest and highest value between two places on x, or null. */
export function extent(
  { x, y }: Curve,
  from = -Infinity,
  to = Infinity
): [low: number, high: number] | null {
  let [low, high] = [Infinity, -Infinity];
  // The neighbours outside count too: the line runs towards them.
  const first = Math.max(0, firstAbove(x, from) - 1);
  for (let i = first; i < x.length; i++) {
    const value = y[i]!;
    if (value < low) {
      low = value;
    }
    if (value > high) {
      high = value;
    }
    if (x[i]! > to) {
      break;
    }
  }
  return low <= high ? [low, high] : null;
}

/** The last point that is drawn, or null. */
export function lastPoint({ x, y }: Curve): [x: number, y: number] | null {
  for (let i = y.length - 1; i >= 0; i--) {
    if (!Number.isNaN(y[i]!)) {
      return [x[i]!, y[i]!];
    }
  }
  return null;
}
