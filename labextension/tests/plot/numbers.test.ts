import { describe, expect, it } from 'vitest';
import { english } from '../../src/data/words.js';
import {
  baseSpan,
  elapsed,
  logTicks,
  tickLabel,
  tickLabels,
  timeUnit,
  valueSpan
} from '../../src/views/plot/axes.js';
import {
  beginnings,
  curve,
  extent,
  lastPoint,
  nearest,
  positive
} from '../../src/views/plot/curve.js';
import { smoothed } from '../../src/views/plot/smoothing.js';
import { after, spread } from '../../src/views/plot/spread.js';
import { columns, trace } from '../../src/views/plot/trace.js';
import { scaled, shifted, within } from '../../src/views/plot/window.js';
import { line } from './made.js';

const of = (x: number[], y: number[]) => ({
  x: Float64Array.from(x),
  y: Float64Array.from(y)
});
const list = (values: Float64Array): number[] => [...values];
const steps = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => index);

describe('a curve', () => {
  it('has gaps where nothing is to be drawn, and where arithmetic would fail', () => {
    const made = curve(
      line('001', 'loss', [1, null, 1e300, -1e300, 2]),
      'step'
    );
    expect(list(made.y)).toEqual([1, NaN, NaN, NaN, 2]);
  });

  it('counts seconds from the beginning of its own run', () => {
    const late = line('002', 'loss', [1, 2], { time: [5000, 5004] });
    const early = line('002', 'acc', [1], { time: [4990] });
    const starts = beginnings([late, early, line('003', 'loss', [])]);
    expect(starts).toEqual(new Map([['002', 4990]]));
    expect(list(curve(late, 'time', starts.get('002')).x)).toEqual([10, 14]);
  });

  it('is put in order where a continued run logged steps again', () => {
    const again = line('001', 'loss', [1, 2, 3, 4], { x: [0, 10, 5, 10] });
    const made = curve(again, 'step');
    expect([list(made.x), list(made.y)]).toEqual([
      [0, 5, 10, 10],
      [1, 3, 2, 4]
    ]);
  });

  it('counts what has no place on a logarithmic axis', () => {
    const made = of([-1, 0, 1, 2, 3], [5, 5, 0, -1, 7]);
    const both = positive(made, { logX: true, logY: true });
    expect(list(both.curve.x)).toEqual([1, 2, 3]);
    expect(list(both.curve.y)).toEqual([NaN, NaN, 7]);
    expect(both.leftOut).toBe(4);
    expect(positive(made, { logX: false, logY: false }).leftOut).toBe(0);
    expect(list(made.y)).toEqual([5, 5, 0, -1, 7]);
  });

  it('finds the nearest point that is drawn', () => {
    const made = of([0, 10, 20, 30], [1, NaN, 2, NaN]);
    expect([-5, 8, 11, 14, 99].map(at => nearest(made, at))).toEqual([
      0, 0, 2, 2, 2
    ]);
    expect(nearest(of([1, 2], [NaN, NaN]), 1)).toBe(-1);
    expect(nearest(of([], []), 1)).toBe(-1);
  });

  it('reaches over a window with the neighbours that its line runs to', () => {
    const made = of([0, 10, 20, 30, 40], [9, 1, 2, 3, -9]);
    expect(extent(made)).toEqual([-9, 9]);
    expect(extent(made, 12, 28)).toEqual([1, 3]);
    expect(extent(of([0, 1], [NaN, NaN]))).toBeNull();
  });

  it('ends at its last drawn point', () => {
    expect(lastPoint(of([0, 1, 2], [5, 6, NaN]))).toEqual([1, 6]);
    expect(lastPoint(of([], []))).toBeNull();
  });
});

describe('smoothing', () => {
  it('is the debiased mean with falling weights', () => {
    const made = smoothed(of([0, 1, 2], [1, 2, 4]), 0.5);
    // Weights from the last point back: 1/2, 1/4, 1/8, over their sum.
    expect(made.y[0]).toBe(1);
    expect(made.y[1]).toBeCloseTo((0.5 * 2 + 0.25 * 1) / 0.75, 12);
    expect(made.y[2]).toBeCloseTo((0.5 * 4 + 0.25 * 2 + 0.125) / 0.875, 12);
  });

  it('leaves a constant as it is, and gaps where they are', () => {
    const made = smoothed(of(steps(4), [3, 3, NaN, 3]), 0.97);
    expect(made.y[2]).toBeNaN();
    for (const index of [0, 1, 3]) {
      expect(made.y[index]).toBeCloseTo(3, 12);
    }
  });

  it('looks alike on a line and on the same line thinned to a tenth', () => {
    const wave = (step: number): number => Math.sin(step / 1500);
    const dense = of(steps(50_000), steps(50_000).map(wave));
    const some = steps(5000).map(step => step * 10);
    const thin = smoothed(of(some, some.map(wave)), 0.9, 49_999);
    const whole = smoothed(dense, 0.9);
    for (const at of [1000, 2500, 4999]) {
      expect(Math.abs(thin.y[at]! - whole.y[at * 10]!)).toBeLessThan(0.005);
    }
  });

  it('takes points at one place as they come', () => {
    const made = smoothed(of([5, 5, 5], [1, 2, 3]), 0.5);
    expect(made.y[2]).toBeCloseTo((1.5 + 0.5 + 0.125) / 0.875, 12);
    expect(list(smoothed(of([], []), 0.5).y)).toEqual([]);
  });
});

describe('the spread of seeds', () => {
  it('is mean and standard deviation of three', () => {
    const x = [0, 1];
    const made = spread([of(x, [1, 10]), of(x, [2, 10]), of(x, [3, 10])]);
    expect(list(made.mean.y)).toEqual([2, 10]);
    expect(list(made.low)).toEqual([1, 10]);
    expect(list(made.high)).toEqual([3, 10]);
  });

  it('is both of two, and none where one has a gap', () => {
    const made = spread([
      of([0, 1, 2], [1, NaN, NaN]),
      of([0, 1, 2], [3, 5, NaN])
    ]);
    expect(list(made.mean.y)).toEqual([2, 5, NaN]);
    expect([list(made.low), list(made.high)]).toEqual([
      [1, NaN, NaN],
      [3, NaN, NaN]
    ]);
  });

  it('keeps the spread of large values that lie close together', () => {
    const x = [0];
    const made = spread([of(x, [1e9]), of(x, [1e9 + 1]), of(x, [1e9 + 2])]);
    expect(made.high[0]! - made.mean.y[0]!).toBeCloseTo(1, 6);
  });

  it('is drawn only where all have begun and none has ended', () => {
    const made = spread([
      of([0, 2, 4], [0, 2, 4]),
      of([1, 3, 5, 7], [1, 3, 5, 7])
    ]);
    expect(list(made.mean.x)).toEqual([1, 2, 3, 4]);
    expect(list(made.mean.y)).toEqual([1, 2, 3, 4]);
    expect(spread([of([0, 1], [1, 1]), of([5, 6], [1, 1])]).mean.x.length).toBe(
      0
    );
    expect(spread([of([], []), of([5, 6], [1, 1])]).mean.x.length).toBe(0);
  });

  it('has a bounded number of places, the first and the last among them', () => {
    const odd = steps(3000).map(step => step + 0.5);
    const made = spread([of(steps(3001), steps(3001)), of(odd, odd)]);
    expect(made.mean.x.length).toBe(1000);
    expect([made.mean.x[0], made.mean.x.at(-1)]).toEqual([0.5, 2999.5]);
  });

  it('leaves what follows it, with the point it starts from', () => {
    expect(list(after(of([0, 2, 4], [1, 2, 3]), 3).y)).toEqual([2, 3]);
    expect(list(after(of([0, 2], [1, 2]), 9).y)).toEqual([2]);
  });
});

describe('an axis', () => {
  it('leaves air around values, and room for a level that is near', () => {
    expect(valueSpan([0, 1], [], false)).toEqual([-0.06, 1.06]);
    const [low, high] = valueSpan([0, 1], [2, 100], false);
    expect(low).toBeCloseTo(-0.12, 12);
    expect(high).toBeCloseTo(2.12, 12);
  });

  it('gives values that are alike a range, and nothing at all one too', () => {
    expect(valueSpan([5, 5], [], false)[0]).toBeLessThan(5);
    expect(valueSpan([0, 0], [], false)).toEqual([-0.56, 0.56]);
    expect(valueSpan(null, [], false)).toEqual([0, 1]);
    expect(valueSpan(null, [], true)).toEqual([0.1, 10]);
    expect(valueSpan(null, [3], false)[1]).toBeGreaterThan(3);
    expect(valueSpan([2, 2], [], true)).toEqual([1, 4]);
    expect(baseSpan([7, 7], false)[1]).toBeGreaterThan(7);
    expect(baseSpan([8, 8], true)).toEqual([4, 16]);
    expect(baseSpan(null, true)).toEqual([1, 10]);
    expect(baseSpan(null, false)).toEqual([0, 1]);
  });

  it('keeps levels off a logarithmic axis that have no place there', () => {
    const [low, high] = valueSpan([1, 100], [-1, 0, NaN, 1e9, 200], true);
    expect(low).toBeLessThan(1);
    expect(low).toBeGreaterThan(0.5);
    expect(high).toBeGreaterThan(200);
    expect(high).toBeLessThan(300);
  });

  it('marks a logarithmic axis at powers of ten, between them if it is short', () => {
    expect(logTicks(0.5, 60, 5)).toEqual([0.5, 1, 2, 5, 10, 20, 50]);
    expect(logTicks(1e-9, 1e3, 5)).toEqual([1e-9, 1e-6, 1e-3, 1, 1e3]);
    expect(logTicks(2.1, 2.9, 5)).toEqual([2.2, 2.4, 2.6, 2.8]);
  });

  it('writes ticks alike and short', () => {
    expect(tickLabels([0, 0.5, 1], 0.5)).toEqual(['0.0', '0.5', '1.0']);
    expect(tickLabels([0, 2.5, 5], 2.5)).toEqual(['0.0', '2.5', '5.0']);
    expect(tickLabels([0, 20000], 20000)).toEqual(['0', '20k']);
    expect(tickLabels([0, 1e-7], 1e-7)).toEqual(['0', '1e-7']);
    expect(tickLabels([1e6, 1000001], 1)).toEqual(['1000000', '1000001']);
    expect(tickLabels([], 1)).toEqual([]);
    expect([1234, 12345, 5e6, 2e9, 1e15, -0.00001].map(tickLabel)).toEqual([
      '1234',
      '12.35k',
      '5M',
      '2G',
      '1e15',
      '-1e-5'
    ]);
  });

  it('measures time in the unit that suits it', () => {
    const name = (longest: number): string => timeUnit(longest).name(english);
    expect([0.5, 90, 121, 8000, 4 * 86400].map(name)).toEqual([
      'seconds',
      'seconds',
      'minutes',
      'hours',
      'days'
    ]);
    for (const longest of [1, 200, 8000, 400000]) {
      const { steps: some } = timeUnit(longest);
      expect([...some].sort((a, b) => a - b)).toEqual(some);
    }
    expect([0.123, 45.67, 754, 3725].map(elapsed)).toEqual([
      '0.12 s',
      '45.7 s',
      '12 min 34 s',
      '1 h 2 min 5 s'
    ]);
  });
});

describe('a window', () => {
  it('is enlarged around the place that stays', () => {
    expect(scaled([0, 100], 25, 0.5, false)).toEqual([12.5, 62.5]);
    const [from, to] = scaled([1, 10_000], 100, 0.5, true);
    expect(from).toBeCloseTo(10, 9);
    expect(to).toBeCloseTo(1000, 6);
  });

  it('moves by a share of what it shows', () => {
    expect(shifted([10, 20], 0.2, false)).toEqual([12, 22]);
    const [from, to] = shifted([1, 100], 0.5, true);
    expect([Math.round(from), Math.round(to)]).toEqual([10, 1000]);
  });

  it('stays inside of what there is, and ends when it shows everything', () => {
    expect(within([-5, 15], [0, 100], false)).toEqual([0, 20]);
    expect(within([95, 115], [0, 100], false)).toEqual([80, 100]);
    expect(within([-1, 101], [0, 100], false)).toBeNull();
    expect(within([NaN, NaN], [0, 100], false)).toBeNull();
    const [from, to] = within([50, 50], [0, 100], false)!;
    expect(to - from).toBeCloseTo(1e-7, 12);
  });
});

describe('a trace', () => {
  const same = (value: number): number => value;

  it('has the first, lowest, highest and last point of each column', () => {
    const made = trace(
      of([0, 0.1, 0.2, 0.3, 5], [3, 9, 1, 4, 2]),
      same,
      same,
      0,
      10
    );
    expect(made.pieces).toEqual([[0, 3, 0, 1, 0, 9, 0, 4, 5, 2]]);
    expect(made.climb).toBe(2 * 8 + 2);
  });

  it('has gaps, and the values that stand alone between them', () => {
    const made = trace(
      of([0, 1, 2, 3, 4, 5], [1, 2, NaN, 4, NaN, NaN]),
      same,
      same,
      0,
      10
    );
    expect(made.pieces).toEqual([[0, 1, 1, 2]]);
    expect(made.lone).toEqual([3, 4]);
    expect(trace(of([], []), same, same, 0, 10).pieces).toEqual([]);
    expect(trace(of([7], [8]), same, same, 0, 10).lone).toEqual([7, 8]);
  });

  it('leaves out what lies outside, but for the points next to it', () => {
    const made = trace(of(steps(10), steps(10)), same, same, 3, 5);
    expect(made.pieces).toEqual([[2, 2, 3, 3, 4, 4, 5, 5, 6, 6]]);
  });

  it('draws a million points with four for each pixel', () => {
    const many = steps(1_000_000);
    const wave = of(
      many,
      many.map(step => Math.sin(step))
    );
    const { pieces } = trace(wave, x => x / 2500, same, 0, 400);
    expect(pieces[0]!.length / 2).toBeLessThanOrEqual(4 * 401);
  });
});

describe('the area of a band', () => {
  const same = (value: number): number => value;
  const area = (x: number[], high: number[], low: number[], right: number) => {
    const [a, b, c] = [x, high, low].map(each => Float64Array.from(each));
    const made = columns(a!, b!, c!, same, same, 0, right);
    return { first: made.first, top: [...made.top], bottom: [...made.bottom] };
  };

  it('is interpolated between points, at the middle of each pixel', () => {
    expect(area([0, 4], [0, 4], [10, 10], 6)).toEqual({
      first: 0,
      top: [0, 1.5, 2.5, 3.5, 4, NaN],
      bottom: [10, 10, 10, 10, 10, NaN]
    });
  });

  it('reaches over all points of a pixel, and over no gap', () => {
    const { top, bottom } = area(
      [0, 0.2, 0.4, 1, 2, 3],
      [5, 2, 5, NaN, 4, 4],
      [6, 6, 9, NaN, 5, 5],
      4
    );
    expect(top).toEqual([2, NaN, 4, 4]);
    expect(bottom).toEqual([9, NaN, 5, 5]);
  });
});
