import type { Curve } from './curve.js';

/** Points over a line's width beyond which smoothing goes by width, not by point. */
const DENSE = 500;

/**
 * Smooth a curve exponentially, without the bias towards zero at its start.
 *
 * `weight` is that of the past, as in TensorBoard: on a line of up to 500 points
 * it counts for each point. A denser line is smoothed over the same share of its
 * width, so that it looks alike however far it is thinned or zoomed.
 *
 * @param whole Width of the whole line on x, where the curve is a part of it.
 */
export function smoothed({ x, y }: Curve, weight: number, whole = 0): Curve {
  const width = whole || (x.at(-1) ?? 0) - (x[0] ?? 0);
  const perPoint = width > 0 ? DENSE / width : 0;
  const result = new Float64Array(y.length);
  let sum = 0;
  let total = 0;
  let before = NaN;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    if (Number.isNaN(value)) {
      result[i] = NaN;
      continue;
    }
    const apart = perPoint > 0 ? (x[i]! - before) * perPoint : 1;
    // The first point has nothing before it, which is NaN here.
    const kept = apart < 1 ? weight ** apart : weight;
    sum = sum * kept + value * (1 - kept);
    total = total * kept + (1 - kept);
    result[i] = total > 0 ? sum / total : value;
    before = x[i]!;
  }
  return { x, y: result };
}
