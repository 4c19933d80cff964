import { describe, expect, it } from 'vitest';
import type { Line } from '../../src/data/lines.js';
import { english } from '../../src/data/words.js';
import { csv } from '../../src/views/plot/csv.js';
import { grouped } from '../../src/views/plot/grouping.js';
import {
  DEFAULTS,
  readChoices,
  type PlotChoices,
  type PlotData
} from '../../src/views/plot/host.js';
import { DISTINCT, pens } from '../../src/views/plot/pens.js';
import {
  compose,
  type Look,
  type Picture
} from '../../src/views/plot/picture.js';
import {
  nameOf,
  placeOf,
  placeWords,
  readings,
  valueWords
} from '../../src/views/plot/readings.js';
import {
  describe as described,
  notes
} from '../../src/views/plot/sentences.js';
import { ranges, spliced } from '../../src/views/plot/splice.js';
import { data, line, run } from './made.js';

function picture(
  of: PlotData,
  choices: Partial<PlotChoices> = {},
  more: Partial<Look> = {}
): Picture {
  return compose(of, {
    choices: { ...DEFAULTS, ...choices },
    window: null,
    runs: null,
    refined: each => each,
    words: english,
    ...more
  });
}

/** Three seeds of each of two rates; the last of them is still running. */
function sweep(): PlotData {
  const runs = [0.1, 0.01].flatMap((lr, at) =>
    [0, 1, 2].map(seed => {
      const label = `00${3 * at + seed + 1}`;
      const state = label === '006' ? 'running' : 'finished';
      return run(label, { parameters: { lr }, seed, state });
    })
  );
  const lines = runs.map(({ label, seed }) =>
    line(
      label,
      'loss',
      label === '006' ? [4, 3] : [4 + seed, 3 + seed, 2 + seed]
    )
  );
  return data({ runs, lines, varied: ['lr'] });
}

describe('groups of runs', () => {
  const label = (of: ReturnType<typeof grouped>): string[] =>
    of.map(group => group.label);

  it('hold the runs that differ in their seed alone, ordered by a number', () => {
    const groups = grouped(sweep().runs, ['lr', 'seed'], english);
    expect(label(groups)).toEqual(['lr = 0.01', 'lr = 0.1']);
    expect(groups[1]!.runs.map(each => each.label)).toEqual([
      '001',
      '002',
      '003'
    ]);
  });

  it('are named by what there is to tell them apart', () => {
    const seeds = [run('001'), run('002', { seed: 1 })];
    expect(label(grouped(seeds, [], english))).toEqual(['2 seeds']);
    expect(label(grouped([run('001'), run('002')], [], english))).toEqual([
      '2 runs'
    ]);
    expect(label(grouped([run('007')], [], english))).toEqual(['run 007']);
    const hostile = [run('001', { parameters: { a: '\u202e<b>' } })];
    expect(label(grouped(hostile, ['a'], english))).toEqual(['a = \\u202e<b>']);
  });

  it('have pens that differ as long as the eye can follow', () => {
    expect(pens(6).map(pen => pen.colour)).toEqual([...DISTINCT]);
    const some = pens(24).map(({ colour, dash }) => `${colour} ${dash.join()}`);
    expect(new Set(some).size).toBe(24);
    expect(pens(25).every(pen => pen.faint && !pen.dash.length)).toBe(true);
    const ramp = pens(9, true).map(pen => pen.colour);
    expect([ramp[0], ramp[8]]).toEqual([DISTINCT[0], DISTINCT[1]]);
    expect(new Set(ramp).size).toBe(9);
  });
});

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
    const { panels, averaged, live, seeds } = picture(sweep());
    expect([averaged, live, seeds]).toEqual([true, true, true]);
    const [first, ...rest] = panels[0]!.marks.filter(each => !each.faint);
    expect(rest).toHaveLength(1);
    expect([...first!.curve.x]).toEqual([0, 1]);
    expect([first!.run, first!.live]).toEqual([null, true]);
    expect(first!.band).not.toBeNull();
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
    const { panels, averaged } = picture(of);
    expect(averaged).toBe(false);
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

  it('overlays metrics by colour for one group, by dash for several', () => {
    const one = data({
      runs: [run('001')],
      lines: [line('001', 'loss', [1]), line('001', 'acc', [2])]
    });
    const { panels } = picture(one, { overlaid: true });
    expect(panels).toHaveLength(1);
    const [a, b] = panels[0]!.marks;
    expect(a!.pen.colour).not.toBe(b!.pen.colour);
    const two = sweep();
    const more = two.lines.map(each => ({ ...each, metric: 'acc' }));
    const both = picture(
      { ...two, lines: [...two.lines, ...more] },
      { overlaid: true }
    );
    const pen = (metric: string): Picture['groups'][number]['pen'] =>
      both.panels[0]!.marks.find(each => each.metric === metric)!.pen;
    expect(pen('loss').colour).toBe(pen('acc').colour);
    expect(pen('loss').dash).not.toEqual(pen('acc').dash);
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

describe('values under the cursor', () => {
  it('are those of the lines that are there, the largest first', () => {
    const of = data({
      runs: [run('001'), run('002'), run('003')],
      lines: [
        line('001', 'loss', [1, 1, 1, 1, 1]),
        line('002', 'loss', [2, 2, 2, 2, 2]),
        line('003', 'loss', [3, 3])
      ]
    });
    const made = picture(of);
    const found = readings(made.panels[0]!, 3.2, made.shown);
    expect(found.map(each => [each.mark.run, each.x, each.y])).toEqual([
      ['002', 3, 2],
      ['001', 3, 1]
    ]);
    expect(placeOf(found, 3.2)).toBe(3);
    expect(placeOf([], 3.2)).toBe(3.2);
    expect(nameOf(found[0]!.mark, made)).toBe('3 runs (002)');
  });

  it('name the spread of seeds', () => {
    const made = picture(sweep());
    const [first] = readings(made.panels[0]!, 2, made.shown);
    expect(valueWords(first!)).toBe('3 ± 1');
    expect(nameOf(first!.mark, made)).toBe('lr = 0.1');
    const overlaid = picture(
      data({
        runs: [run('001')],
        lines: [line('001', 'a', [1]), line('001', 'b', [1])]
      }),
      { overlaid: true }
    );
    expect(nameOf(overlaid.panels[0]!.marks[0]!, overlaid)).toBe('a');
  });

  it('say where they are', () => {
    expect(placeWords('step', 12000, english)).toBe('step 12,000');
    expect(placeWords('row', 3, english)).toBe('row 3');
    expect(placeWords('time', 90, english)).toBe('after 90 s');
  });
});

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

describe('the table for other programs', () => {
  it('has a row for each value that is shown, with what was varied', () => {
    const of = {
      lines: [line('001', 'loss', [0.5, null, 0.25, 0.1])],
      runs: [
        run('001', { parameters: { name: 'a,"b"', deep: { n: 1 } }, seed: 7 })
      ],
      varied: ['name', 'deep', 'gone', 'seed'],
      by: 'step' as const,
      window: [0, 2] as [number, number]
    };
    expect(csv(of)).toBe(
      'run,name,deep,gone,seed,metric,step,time,value\n' +
        '001,"a,""b""","{""n"":1}",,7,loss,0,1000,0.5\n' +
        '001,"a,""b""","{""n"":1}",,7,loss,2,1002,0.25\n'
    );
  });

  it('looks at the time since the beginning where the plot does', () => {
    const lines = [
      line('001', 'loss', [1, 2, 3]),
      line('002', 'loss', [4], { xName: 'row' })
    ];
    const text = csv({
      lines,
      runs: [],
      varied: [],
      by: 'time',
      window: [1, 1]
    });
    expect(text).toBe('run,seed,metric,x,time,value\n001,,loss,1,1001,2\n');
  });
});

describe('remembered choices', () => {
  it('are taken as far as they make sense', () => {
    expect(readChoices({})).toEqual(DEFAULTS);
    const stored: unknown = {
      by: 'time',
      logY: true,
      logX: 'yes',
      smoothing: 7,
      metrics: ['a', 3]
    };
    expect(readChoices(stored as Partial<PlotChoices>)).toEqual({
      ...DEFAULTS,
      by: 'time',
      logY: true,
      smoothing: 0.99,
      metrics: ['a']
    });
    const odd: unknown = { smoothing: 'much', metrics: 'all' };
    expect(readChoices(odd as Partial<PlotChoices>)).toEqual(DEFAULTS);
  });
});
