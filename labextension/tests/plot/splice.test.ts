import { describe, expect, it } from 'vitest';
import type { Line } from '../../src/data/lines.js';
import { ranges, spliced } from '../../src/views/plot/splice.js';
import { line } from './made.js';

describe('detail', () => {
  const mean = { x: [0, 50, 100], time: [1000, 1050, 1100], y: [0, 0, 0] };
  const coarse = line('001', 'loss', [1, 2, 3], {
    x: [0, 50, 100],
    time: [1000, 1050, 1100],
    mean
  });
  const fine = line('001', 'loss', [7, 8, 9], {
    x: [40, 45, 60],
    time: [1040, 1045, 1060]
  });

  it('takes the place of the part that it is of', () => {
    const made = spliced(coarse, fine, 'step');
    expect(made.x).toEqual([0, 40, 45, 60, 100]);
    expect(made.y).toEqual([1, 7, 8, 9, 3]);
    expect(made.time).toEqual([1000, 1040, 1045, 1060, 1100]);
    expect(made.mean!.y).toEqual([0, 7, 8, 9, 0]);
    expect(spliced(coarse, fine, 'time').x).toEqual(made.x);
  });

  it('may lie before, behind or in a hole of the line, or be nothing', () => {
    const at = (x: number[]): number[] =>
      spliced(coarse, { ...fine, x, y: x, time: x }, 'step').x;
    expect(at([120, 130])).toEqual([0, 50, 100, 120, 130]);
    expect(at([-2, -1])).toEqual([-2, -1, 0, 50, 100]);
    expect(at([60, 70])).toEqual([0, 50, 60, 70, 100]);
    expect(spliced(coarse, { ...fine, x: [], y: [], time: [] }, 'step')).toBe(
      coarse
    );
    expect(spliced({ ...coarse, mean: null }, fine, 'step').mean).toBeNull();
  });

  it('is asked for once by step, and for each run by its own time', () => {
    const other: Line = { ...coarse, run: '002' };
    const whole = line('003', 'loss', [1, 2]);
    const starts = new Map([
      ['001', 1000],
      ['002', 5000]
    ]);
    const lines = [coarse, other, whole];
    expect(ranges(lines, starts, 'step', [10, 20], 600)).toEqual([
      {
        metrics: ['loss'],
        runs: ['001', '002'],
        by: 'step',
        from: 10,
        to: 20,
        points: 600
      }
    ]);
    expect(
      ranges(lines, starts, 'time', [10, 20], 600).map(each => [
        each.runs,
        each.from,
        each.to
      ])
    ).toEqual([
      [['001'], 1010, 1020],
      [['002'], 5010, 5020]
    ]);
    expect(ranges([whole], starts, 'step', [0, 1], 600)).toEqual([]);
  });
});
