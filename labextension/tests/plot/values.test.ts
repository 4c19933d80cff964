import { describe, expect, it } from 'vitest';
import { english } from '../../src/data/words.js';
import { csv } from '../../src/views/plot/csv.js';
import {
  DEFAULTS,
  readChoices,
  type PlotChoices,
  type PlotData
} from '../../src/views/plot/host.js';
import {
  nameOf,
  placeOf,
  placeWords,
  readings,
  valueWords
} from '../../src/views/plot/readings.js';
import { notes } from '../../src/views/plot/sentences.js';
import { data, line, picture, run, sweep } from './made.js';

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
    expect(nameOf(found[0]!.mark, made)).toBe('run 002, again');
  });

  it('name the spread of seeds', () => {
    const made = picture(sweep());
    const [first] = readings(made.panels[0]!, 2, made.shown);
    expect(valueWords(first!, english)).toBe('3 (sd 1)');
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

  it('name both of two seeds, and no spread where there is none', () => {
    const of = data({
      runs: [run('001'), run('002', { seed: 1 })],
      lines: [line('001', 'loss', [4, 1, null]), line('002', 'loss', [2, 1, 5])]
    });
    const { panels, shown } = picture(of);
    const at = (place: number): string =>
      valueWords(readings(panels[0]!, place, shown)[0]!, english);
    expect([at(0), at(1), at(2)]).toEqual(['3 (2 and 4)', '1', '5']);
    const [, alone] = picture(sweep()).panels[0]!.marks;
    expect(alone!.band ?? null).toBeNull();
  });

  it('say what the bands around them are', () => {
    const words = (of: PlotData): string =>
      notes(picture(of), DEFAULTS, null, english);
    const three = sweep();
    expect(words(three)).toContain('(sd) to both sides. Drag');
    const seeds = (most: number, of = three): PlotData => ({
      ...of,
      runs: of.runs.filter(({ seed }) => seed < most)
    });
    expect(words(seeds(2))).toContain('bands reach from one seed');
    const some = { ...three, runs: three.runs.slice(0, 5) };
    expect(words(some)).toContain('to both sides, of two seeds both.');
    expect(words(seeds(1))).toBe('Drag to zoom.');
  });

  it('say where they are', () => {
    expect(placeWords('step', 12000, english)).toBe('step 12,000');
    expect(placeWords('row', 3, english)).toBe('row 3');
    expect(placeWords('time', 90, english)).toBe('after 90 s');
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
