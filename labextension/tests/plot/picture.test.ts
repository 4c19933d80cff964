import { describe, expect, it } from 'vitest';
import type { PlotChoices } from '../../src/views/plot/host.js';
import { english } from '../../src/data/words.js';
import { DEFAULTS } from '../../src/views/plot/host.js';
import {
  describe as described,
  notes
} from '../../src/views/plot/sentences.js';
import { data, line, picture, run, sweep } from './made.js';

describe('a picture', () => {
  it('has a panel for each metric, those of predictions first', () => {
    const of = data({
      runs: [run('001', { final: { late: 1 } })],
      lines: [line('001', 'loss', [1, 2]), line('001', 'acc', [1, 2])],
      thresholds: [{ metric: 'acc', value: 1.5, label: 'acc > 1.5' }]
    });
    const { panels, metrics } = picture(of);
    expect(metrics).toEqual(['acc', 'loss', 'late']);
    expect(panels.map(panel => panel.metrics)).toEqual([
      ['acc'],
      ['loss'],
      ['late']
    ]);
    expect(panels[0]!.thresholds).toHaveLength(1);
    expect(panels[1]!.thresholds).toHaveLength(0);
  });

  it('shows twelve panels, or those that were chosen', () => {
    const names = Array.from({ length: 20 }, (_, index) => `m${index}`);
    const of = data({
      runs: [run('001')],
      lines: names.map(name => line('001', name, [1]))
    });
    expect(picture(of).panels).toHaveLength(12);
    expect(
      picture(of, { metrics: ['m19', 'gone', 'm3'] }).shownMetrics
    ).toEqual(['m3', 'm19']);
    expect(picture(of, { metrics: ['gone'] }).panels).toHaveLength(12);
  });

  it('draws seeds as mean and band where all are, and the rest alone', () => {
    const { panels, live, seeds } = picture(sweep());
    expect([live, seeds]).toEqual([true, true]);
    const [first, ...rest] = panels[0]!.marks.filter(each => !each.faint);
    expect(rest).toHaveLength(1);
    expect([...first!.curve.x]).toEqual([0, 1]);
    expect([first!.run, first!.live]).toEqual([null, true]);
    expect(first!.band!.seeds).toBe(3);
    const behind = panels[0]!.marks.filter(each => each.faint);
    expect(behind.map(each => [each.run, ...each.curve.x])).toEqual([
      ['004', 1, 2],
      ['005', 1, 2]
    ]);
  });

  it('shows the single lines on request, and those that were cut short always', () => {
    const of = sweep();
    const faint = (choices: Partial<PlotChoices>): (string | null)[] =>
      picture(of, choices)
        .panels[0]!.marks.filter(each => each.faint)
        .map(each => each.run);
    expect(faint({ singles: true })).toEqual([
      '004',
      '005',
      '006',
      '001',
      '002',
      '003'
    ]);
    of.runs[0]!.state = 'failed';
    expect(faint({})).toEqual(['004', '005', '001']);
  });

  it('draws each of several runs with one seed, for they are no seeds', () => {
    const of = data({
      runs: [run('001'), run('002')],
      lines: [line('001', 'loss', [1, 2]), line('002', 'loss', [2, 3])]
    });
    const { panels } = picture(of);
    expect(panels[0]!.marks.every(each => !each.band)).toBe(true);
    expect(panels[0]!.marks.map(each => each.run)).toEqual(['001', '002']);
  });

  it('shows some runs alone, on axes of their own', () => {
    const { panels } = picture(sweep(), {}, { runs: new Set(['003']) });
    expect(panels[0]!.marks.map(each => each.run)).toEqual(['003']);
    expect(panels[0]!.value[0]).toBeGreaterThan(3.5);
  });

  it('smooths with the means of a thinned line, the raw line faint behind', () => {
    const thin = line('001', 'loss', [0, 10, 0, 10], {
      mean: { x: [0, 2], time: [1000, 1002], y: [5, 5] }
    });
    const of = data({ runs: [run('001')], lines: [thin] });
    const [raw, front] = picture(of, { smoothing: 0.6 }).panels[0]!.marks;
    expect([raw!.faint, front!.faint]).toEqual([true, false]);
    expect([...raw!.curve.y]).toEqual([0, 10, 0, 10]);
    expect([...front!.curve.y].map(y => Math.round(y * 1e9) / 1e9)).toEqual([
      5, 5
    ]);
  });

  it('counts what logarithmic axes leave out', () => {
    const of = data({
      runs: [run('001')],
      lines: [line('001', 'loss', [1, 0, 100])]
    });
    const both = picture(of, { logX: true, logY: true });
    expect(both.leftOut).toBe(2);
    expect(both.whole).toEqual([1, 2]);
    expect(notes(both, { ...DEFAULTS, logY: true }, null, english)).toContain(
      '2 points at or below 0 have no place on a logarithmic axis.'
    );
  });

  it('compares runs by the time since each began', () => {
    const of = data({
      runs: [run('001'), run('002')],
      lines: [
        line('001', 'loss', [1, 2, 3]),
        line('002', 'loss', [1, 2], { time: [9000, 9001] })
      ]
    });
    const { whole, xName, panels } = picture(of, { by: 'time' });
    expect([whole, xName]).toEqual([[0, 2], 'time']);
    expect([...panels[0]!.marks[1]!.curve.x]).toEqual([0, 1]);
  });

  it('scales values to the window that is looked at', () => {
    const of = data({
      runs: [run('001')],
      lines: [line('001', 'loss', [100, 3, 2, 1, 1])]
    });
    const { panels, shown, whole } = picture(of, {}, { window: [2, 4] });
    expect([shown, whole]).toEqual([
      [2, 4],
      [0, 4]
    ]);
    expect(panels[0]!.value[1]).toBeLessThan(4);
  });

  it('says what it shows to those who cannot see it', () => {
    const of = sweep();
    expect(described(picture(of), of, english)).toBe(
      'Plot of loss for 6 runs; in 2 groups; ' +
        'last values: loss, lr = 0.01: 3.333; loss, lr = 0.1: 3'
    );
    expect(described(picture(data()), data(), english)).toBe(
      'Plot without values yet'
    );
    expect(notes(picture(of), DEFAULTS, [0, 1], english)).toContain('Escape');
  });
});
