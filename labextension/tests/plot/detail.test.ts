import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Line, Range } from '../../src/data/lines.js';
import { english } from '../../src/data/words.js';
import { Detail } from '../../src/views/plot/detail.js';
import { line } from './made.js';

const part = (run: string): Range => ({
  metrics: ['loss'],
  runs: [run],
  by: 'step',
  from: 1,
  to: 2,
  points: 100
});

interface Asked {
  run: string;
  signal: AbortSignal;
  resolve: (lines: Line[]) => void;
  reject: (error: Error) => void;
}

let asked: Asked[];
let said: string[];
let arrived: number;
let detail: Detail;

const coarse = line('a', 'loss', [1, 2], {
  x: [0, 10],
  mean: { x: [], time: [], y: [] }
});
const fine = line('a', 'loss', [7], { x: [5] });
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000);

beforeEach(() => {
  vi.useFakeTimers();
  [asked, said, arrived] = [[], [], 0];
  detail = new Detail(
    {
      words: english,
      range: ({ runs }, signal) =>
        new Promise((resolve, reject) =>
          asked.push({ run: runs[0]!, signal, resolve, reject })
        ),
      setPoints: () => undefined,
      say: sentence => said.push(sentence),
      load: () => ({}),
      save: () => undefined
    },
    () => (arrived += 1)
  );
});

afterEach(() => vi.useRealTimers());

describe('detail', () => {
  it('is asked for once a window stands still, and then shown', async () => {
    detail.want([part('z')]);
    detail.want([part('a')]);
    expect(asked).toEqual([]);
    expect(detail.waiting).toBe(true);
    await settle();
    expect(asked.map(each => each.run)).toEqual(['a']);
    expect(detail.refined(coarse, 'step')).toBe(coarse);
    asked[0]!.resolve([fine]);
    await settle();
    expect(detail.refined(coarse, 'step').x).toEqual([0, 5, 10]);
    expect([detail.waiting, arrived > 0]).toEqual([false, true]);
    detail.forget();
    expect(detail.refined(coarse, 'step')).toBe(coarse);
  });

  it('of many runs comes three at a time', async () => {
    detail.want(['a', 'b', 'c', 'd'].map(part));
    await settle();
    expect(asked.map(each => each.run)).toEqual(['a', 'b', 'c']);
    asked[1]!.resolve([]);
    await settle();
    expect(asked.map(each => each.run)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('that comes too late is not shown', async () => {
    detail.want([part('a')]);
    await settle();
    detail.want([]);
    expect(asked[0]!.signal.aborted).toBe(true);
    asked[0]!.resolve([fine]);
    await settle();
    expect(detail.refined(coarse, 'step')).toBe(coarse);
    expect([arrived, detail.waiting]).toEqual([0, false]);
  });

  it('that cannot be read is said once for a zoom', async () => {
    for (const times of [1, 1]) {
      detail.want([part('a')]);
      await settle();
      asked.at(-1)!.reject(new Error('gone'));
      await settle();
      expect(said).toHaveLength(times);
      expect(detail.waiting).toBe(false);
    }
    detail.forget();
    detail.want([part('a')]);
    await settle();
    asked.at(-1)!.reject(new Error('gone'));
    await settle();
    expect(said).toHaveLength(2);
  });
});
