// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { Mornings } from '../../src/data/mornings.js';
import { english } from '../../src/data/words.js';
import { Scale } from '../../src/views/nights/scale.js';
import { clock, hoursOf, opensWords } from '../../src/views/nights/words.js';
import { digest, entry, NOW, queue } from '../nightsSource.js';

describe('a moment', () => {
  it('is told by the clock of its own zone, with the day where it differs', () => {
    expect(clock('2026-11-22T22:00:00+01:00', NOW)).toBe('22:00');
    expect(clock('2026-11-23T07:00:00+01:00', NOW)).toBe('Mon 07:00');
    expect(clock('', NOW)).toBe('');
    expect(clock('nonsense', NOW)).toBe('');
  });
});

describe('the hours of a run', () => {
  it('name the day of an end only where the clock alone would mislead', () => {
    const begins = '2026-11-22T23:00:00+01:00';
    const hours = (ends: string): string =>
      hoursOf(entry('deep', '001', { begins, ends }), NOW);
    expect(hours('2026-11-23T22:59:00+01:00')).toBe('23:00 – 22:59');
    expect(hours('2026-11-23T23:00:00+01:00')).toBe('23:00 – Mon 23:00');
    expect(hours('')).toBe('23:00 – ?');
  });
});

describe('the status bar', () => {
  it('says when the window opens while runs wait for it', () => {
    const waits = queue([entry('deep', '001')]);
    expect(opensWords(waits, english)).toBe('window opens 22:00');
    expect(opensWords({ ...waits, paused: 'so' }, english)).toBe(
      'queue paused'
    );
    const open = { ...waits, opens: '2026-11-22T17:00:00+01:00' };
    expect(opensWords(open, english)).toBe('');
    expect(opensWords(queue([entry('x', '1', { when: 'now' })]), english)).toBe(
      ''
    );
    expect(opensWords(null, english)).toBe('');
  });
});

describe('the scale', () => {
  it('reaches from now to the end of the window, and no further than 36 hours', () => {
    const scale = new Scale(queue([entry('deep', '001')]));
    expect(scale.span(NOW, '2026-11-23T07:00:00+01:00')).toEqual({
      ...{ from: 0, to: 1 }
    });
    const far = entry('far', '001', {
      begins: '2026-11-28T10:00:00+01:00',
      ends: ''
    });
    const long = new Scale(queue([entry('deep', '001'), far]));
    expect(long.span(far.begins, far.ends)).toBeNull();
    const day = long.span(NOW, '2026-11-23T18:00:00+01:00')!;
    expect(day.to).toBeCloseTo(24 / 36);
    expect(scale.span('', '')).toBeNull();
    expect(scale.span('2026-11-22T10:00:00+01:00', NOW)).toEqual({
      ...{ from: 0, to: 0 }
    });
  });

  it('goes on where nobody knows the end', () => {
    const scale = new Scale(queue([entry('deep', '001')]));
    expect(scale.span('2026-11-22T22:00:00+01:00', '')!.to).toBe(1);
  });

  it('is marked at full hours of the zone, few enough for the room', () => {
    const at = (most: number): string[] =>
      new Scale(queue([entry('deep', '001')])).ticks(most).map(t => t.label);
    expect(at(5)).toEqual(['21:00', '00:00', '03:00', '06:00']);
    expect(at(20)).toHaveLength(13);
    const india = queue([], { moment: '2026-11-22T18:10:00+05:30' });
    expect(new Scale(india).ticks(9)).toEqual([]);
  });
});

describe('a digest', () => {
  it('is told once a day for each labbook, if nobody has read it', () => {
    const store = new Map<string, string | null>();
    let today = 'Sunday';
    const memory = {
      get: (key: string) => store.get(key) ?? null,
      set: (key: string, value: string | null) => void store.set(key, value)
    };
    const mornings = new Mornings(memory, () => today);
    expect(mornings.isToTell('a', digest({ unread: false }))).toBe(false);
    expect(mornings.isToTell('a', digest())).toBe(true);
    expect(mornings.isToTell('a', digest())).toBe(false);
    expect(mornings.isToTell('b', digest())).toBe(true);
    expect(mornings.isNewDay()).toBe(false);
    today = 'Monday';
    expect(mornings.isNewDay()).toBe(true);
    expect(mornings.isNewDay()).toBe(false);
    expect(mornings.isToTell('a', digest())).toBe(true);
  });
});
