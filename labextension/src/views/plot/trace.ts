import type { Curve } from './curve.js';

/** A line in pixels. */
export interface Trace {
  /** Lines without gaps: x and y in turn. */
  pieces: number[][];
  /** Values between two gaps, which no line shows: x and y in turn. */
  lone: number[];
  /** How far the line goes up and down, in pixels. */
  climb: number;
}

/**
 * Work out where a line goes, with at most four points a column of pixels.
 *
 * What is drawn stays the same: first, lowest, highest and last of each column,
 * and nothing outside of `left` and `right` but the points next to them.
 */
export function trace(
  { x, y }: Curve,
  toX: (value: number) => number,
  toY: (value: number) => number,
  left: number,
  right: number
): Trace {
  const made: Trace = { pieces: [], lone: [], climb: 0 };
  let piece: number[] = [];
  let column = NaN;
  let [low, high, last, count] = [0, 0, 0, 0];
  const leave = (): void => {
    if (count > 1) {
      piece.push(column, low, column, high, column, last);
      made.climb += 2 * (high - low);
    }
    count = 0;
  };
  const lift = (): void => {
    leave();
    if (piece.length === 2) {
      made.lone.push(...piece);
    } else if (piece.length) {
      made.pieces.push(piece);
    }
    piece = [];
    column = NaN;
  };
  for (let i = 0; i < x.length; i++) {
    const value = y[i]!;
    if (Number.isNaN(value)) {
      lift();
      continue;
    }
    const at = toX(x[i]!);
    if (at < left && i + 1 < x.length && toX(x[i + 1]!) < left) {
      continue;
    }
    const place = toY(value);
    const pixel = Math.round(at);
    if (pixel === column) {
      low = Math.min(low, place);
      high = Math.max(high, place);
      last = place;
      count += 1;
      continue;
    }
    leave();
    if (piece.length) {
      made.climb += Math.abs(place - last);
    }
    piece.push(at, place);
    [column, low, high, last, count] = [pixel, place, place, place, 1];
    if (at > right) {
      break;
    }
  }
  lift();
  return made;
}

/** The area between two lines, as columns one pixel wide. */
export interface Columns {
  /** Pixel of the first column. */
  first: number;
  /** Upper and lower end of each column; NaN where there is none. */
  top: Float32Array;
  bottom: Float32Array;
}

/**
 * Work out the area between two lines, column by column.
 *
 * Columns are filled in no time, where one jagged outline takes many milliseconds;
 * and they have no seams.
 */
export function columns(
  x: Float64Array,
  high: Float64Array,
  low: Float64Array,
  toX: (value: number) => number,
  toY: (value: number) => number,
  left: number,
  right: number
): Columns {
  const first = Math.floor(left);
  const length = Math.max(0, Math.ceil(right) - first);
  const top = new Float32Array(length).fill(NaN);
  const bottom = new Float32Array(length).fill(NaN);
  const widen = (column: number, up: number, down: number): void => {
    const at = column - first;
    if (at >= 0 && at < length && !Number.isNaN(up)) {
      // Comparisons with NaN are false: the first value is taken.
      top[at] = top[at]! < up ? top[at]! : up;
      bottom[at] = bottom[at]! > down ? bottom[at]! : down;
    }
  };
  let [before, upBefore, downBefore] = [NaN, NaN, NaN];
  for (let i = 0; i < x.length; i++) {
    const at = toX(x[i]!);
    const [up, down] = [toY(high[i]!), toY(low[i]!)];
    widen(Math.floor(at), up, down);
    const from = Math.max(first, Math.ceil(before - 0.5));
    const to = Math.min(first + length - 1, Math.floor(at - 0.5));
    for (let column = from; column <= to; column++) {
      const share = (column + 0.5 - before) / (at - before);
      widen(
        column,
        upBefore + (up - upBefore) * share,
        downBefore + (down - downBefore) * share
      );
    }
    [before, upBefore, downBefore] = [at, up, down];
    if (at > right) {
      break;
    }
  }
  return { first, top, bottom };
}
