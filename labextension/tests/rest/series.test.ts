// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest';
import type { Line } from '../../src/data/lines.js';
import { added, readSeries } from '../../src/data/rest/series.js';

/** Points 1..n of a line, or those after `keep`. */
function piece(n: number, keep = 0, metric = 'loss'): object {
  const x = Array.from({ length: n - keep }, (_, at) => keep + at + 1);
  return { run: '001', metric, keep, x, time: x, y: x, mean: null };
}

describe('lines with what an answer adds', () => {
  const answer = (pieces: object[], more: object = {}): Line[] =>
    added(
      before,
      readSeries({ cursor: 'c', lines: pieces, runs: ['001'], ...more })
    )!;
  let before: Line[];

  beforeEach(() => {
    const pieces = [piece(3), piece(3, 0, 'accuracy')];
    before = added([], readSeries({ lines: pieces, runs: ['001'] }))!;
  });

  it('keep those that are not mentioned', () => {
    const metrics = answer([piece(5, 3)]).map(({ metric }) => metric);
    expect(metrics.sort()).toEqual(['accuracy', 'loss']);
  });

  it('lose those that are not mentioned when the answer is everything', () => {
    const lines = answer([piece(5)], { reset: true });
    expect(lines.map(({ metric }) => metric)).toEqual(['loss']);
    expect(lines[0]!.x).toEqual([1, 2, 3, 4, 5]);
  });

  it('lose one that has no points any more', () => {
    const lines = answer([piece(0)]);
    expect(lines.map(({ metric }) => metric)).toEqual(['accuracy']);
  });
});
