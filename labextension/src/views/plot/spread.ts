/** Runs that differ in their seed alone, drawn as one. */

import { firstAbove, type Curve } from './curve.js';

/** The mean of several curves and how far they lie apart. */
export interface Spread {
  mean: Curve;
  low: Float64Array;
  high: Float64Array;
}

/** Points of a mean whose curves were logged at different places. */
const MOST_POINTS = 1000;

/**
 * Average curves where all of them have begun and none has ended.
 *
 * Beyond that the mean would jump as curves drop out, which looks like a result.
 * The band is one standard deviation to both sides; of two curves, the two. Where
 * only one has a value there is none.
 */
export function spread(curves: readonly Curve[]): Spread {
  const first = curves[0]!;
  const alike = curves.every(each => equal(each.x, first.x));
  const x = alike ? first.x : sharedPlaces(curves);
  const columns = alike
    ? curves.map(each => each.y)
    : curves.map(each => interpolated(each, x));
  const mean = new Float64Array(x.length);
  const low = new Float64Array(x.length);
  const high = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    [mean[i], low[i], high[i]] = across(columns, i);
  }
  return { mean: { x, y: mean }, low, high };
}

/** What follows a place, with the point that it starts from. */
export function after({ x, y }: Curve, place: number): Curve {
  const from = Math.max(0, firstAbove(x, place) - 1);
  return { x: x.subarray(from), y: y.subarray(from) };
}

function across(
  columns: readonly Float64Array[],
  row: number
): [mean: number, low: number, high: number] {
  let count = 0;
  let mean = 0;
  let squares = 0;
  let low = Infinity;
  let high = -Infinity;
  // Welford's update: the sum of squares of large values would lose their spread.
  for (const column of columns) {
    const value = column[row]!;
    if (!Number.isNaN(value)) {
      count += 1;
      const step = value - mean;
      mean += step / count;
      squares += step * (value - mean);
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (count === 0) {
    return [NaN, NaN, NaN];
  }
  if (count === 1) {
    return [mean, NaN, NaN];
  }
  if (columns.length > 2) {
    const deviation = Math.sqrt(squares / (count - 1));
    return [mean, mean - deviation, mean + deviation];
  }
  return [mean, low, high];
}

function equal(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) {
    return false;
  }
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) {
      return false;
    }
  }
  return true;
}

function sharedPlaces(curves: readonly Curve[]): Float64Array {
  const from = Math.max(...curves.map(({ x }) => x[0] ?? Infinity));
  const to = Math.min(...curves.map(({ x }) => x.at(-1) ?? -Infinity));
  const inside = curves.flatMap(({ x }) =>
    Array.from(x).filter(place => place >= from && place <= to)
  );
  const places = Float64Array.from(new Set(inside)).sort();
  if (places.length <= MOST_POINTS) {
    return places;
  }
  const last = places.length - 1;
  return Float64Array.from(
    { length: MOST_POINTS },
    (_, index) => places[Math.floor((index * last) / (MOST_POINTS - 1))]!
  );
}

function interpolated({ x, y }: Curve, places: Float64Array): Float64Array {
  let right = 0;
  return places.map(at => {
    while (right < x.length && x[right]! <= at) {
      right += 1;
    }
    const left = right - 1;
    if (x[left] === at || right === x.length) {
      return y[left]!;
    }
    const share = (at - x[left]!) / (x[right]! - x[left]!);
    return y[left]! + (y[right]! - y[left]!) * share;
  });
}
