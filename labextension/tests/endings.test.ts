import { beforeEach, describe, expect, it } from 'vitest';
import { Endings, type Notice } from '../src/data/endings.js';
import { english } from '../src/data/words.js';
import { countWords, noticeWords } from '../src/views/notice.js';
import { ended } from './labbookSource.js';

let told: Notice[];
let now: number;
let endings: Endings;

beforeEach(() => {
  told = [];
  now = 0;
  endings = new Endings(
    notice => told.push(notice),
    () => now
  );
});

const said = (): string[] => told.map(each => noticeWords(each, english));

describe('a notice', () => {
  it('comes once for a hundred runs, when the last has ended', () => {
    for (let run = 0; run < 99; run++) {
      endings.add(ended());
    }
    expect(told).toEqual([]);
    endings.add(ended({ last: true, verdicts: ['supported', 'supported'] }));
    expect(said()).toEqual(['forest: supported']);
    expect(told[0]!.kind).toBe('success');
  });

  it('comes at once for a failure, at most every minute', () => {
    const failure = ended({ state: 'failed', reason: 'ValueError: x' });
    endings.add(failure);
    now += 59_000;
    endings.add(failure);
    now += 1_000;
    endings.add(ended({ ...failure, state: 'lost' }));
    expect(said()).toEqual([
      'forest: a run failed, ValueError: x',
      'forest: 3 runs failed, ValueError: x'
    ]);
    expect(told.map(each => each.kind)).toEqual(['error', 'error']);
  });

  it('comes for the failures of each experiment', () => {
    endings.add(ended({ state: 'failed' }));
    endings.add(ended({ state: 'failed', experiment: '0002-x', name: 'x' }));
    expect(said()).toEqual(['forest: a run failed', 'x: a run failed']);
  });

  it('names failures among the last run and its verdicts', () => {
    endings.add(ended({ state: 'failed' }));
    endings.add(ended({ last: true, verdicts: ['refuted', 'pending'] }));
    expect(said()[1]).toBe('forest: a run failed, refuted');
    endings.add(ended({ last: true }));
    expect(said()[2]).toBe('forest: finished');
  });

  it('is no success where a person stopped it', () => {
    endings.add(ended({ state: 'stopped', last: true }));
    expect(told[0]!.kind).toBe('info');
    expect(said()).toEqual(['forest: stopped']);
  });

  it('spells out what cannot be seen', () => {
    endings.add(ended({ name: 'a\u202eb', last: true, state: 'odd' }));
    expect(said()).toEqual(['a\\u202eb: odd']);
  });

  it('forgets the oldest of very many experiments', () => {
    for (let each = 0; each < 300; each++) {
      endings.add(ended({ experiment: String(each), state: 'failed' }));
    }
    told.length = 0;
    endings.add(ended({ experiment: '0', state: 'failed' }));
    endings.add(ended({ experiment: '299', state: 'failed' }));
    expect(told.map(each => each.ended.experiment)).toEqual(['0']);
  });
});

describe('the count of runs', () => {
  it.each([
    [{ finished: 3 }, ''],
    [{ running: 2, waiting: 5, finished: 3 }, 'Runs: 2 running, 5 waiting'],
    [{ running: 0, waiting: 1, held: 2, registered: 1 }, 'Runs: 4 waiting'],
    [{ unknown: 1 }, 'Runs: 1 unknown']
  ])('says of %j: %s', (counts, expected) => {
    expect(countWords(counts, english)).toBe(expected);
  });
});
