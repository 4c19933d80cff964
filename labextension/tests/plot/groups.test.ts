import { describe, expect, it } from 'vitest';
import { english } from '../../src/data/words.js';
import { grouped } from '../../src/views/plot/grouping.js';
import { DISTINCT, pens } from '../../src/views/plot/pens.js';
import { run, sweep } from './made.js';

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
    expect(label(grouped([run('007')], [], english))).toEqual(['run 007']);
    const hostile = [run('001', { parameters: { a: '\u202e<b>' } })];
    expect(label(grouped(hostile, ['a'], english))).toEqual(['a = \\u202e<b>']);
  });

  it('have pens that differ as long as the eye can follow', () => {
    expect(pens(8).map(pen => pen.colour)).toEqual([...DISTINCT]);
    expect(pens(8).every(pen => !pen.dash.length)).toBe(true);
    const some = pens(32).map(({ colour, dash }) => `${colour} ${dash.join()}`);
    expect(new Set(some).size).toBe(32);
    expect(pens(33).every(pen => pen.faint && !pen.dash.length)).toBe(true);
    const ramp = pens(9, true).map(pen => pen.colour);
    expect([ramp[0], ramp[8]]).toEqual([DISTINCT[0], DISTINCT[1]]);
    expect(new Set(ramp).size).toBe(9);
  });

  it('tell a run that was made again from its original', () => {
    const [first, again] = grouped([run('001'), run('002')], [], english);
    expect([first!.label, again!.label]).toEqual(['run 001', 'run 002, again']);
    expect(again!.pen.colour).not.toBe(first!.pen.colour);
  });

  it('give what was made again the colour of its original, dashed', () => {
    const made = [0.1, 0.01].flatMap((lr, at) =>
      [0, 1, 2].map(seed => run(`${at}${seed}`, { parameters: { lr }, seed }))
    );
    const again = made.map(each => ({ ...each, label: `a${each.label}` }));
    const groups = grouped([...made, ...again, again[0]!], ['lr'], english);
    expect(groups.map(({ label: of, runs }) => [of, runs.length])).toEqual([
      ['lr = 0.01', 3],
      ['lr = 0.01, again', 3],
      ['lr = 0.1', 3],
      ['lr = 0.1, again', 3],
      ['lr = 0.1, again (2)', 1]
    ]);
    const [, , one, two, three] = groups.map(({ pen }) => pen);
    expect([two!.colour, three!.colour]).toEqual([one!.colour, one!.colour]);
    const dashes = [one, two, three].map(pen => String(pen!.dash));
    expect(new Set(dashes).size).toBe(3);
    expect(groups[0]!.pen.colour).toBe(
      grouped(made, ['lr'], english)[0]!.pen.colour
    );
  });

  it('keep what does not count any more apart from what does, dimmed', () => {
    const taint = 'off by one';
    const old = [0, 1].map(seed => run(`00${seed}`, { seed, taint }));
    const made = [0, 1].map(seed => run(`01${seed}`, { seed }));
    const [out, sound] = grouped([...old, ...made], [], english);
    expect([out!.label, sound!.label]).toEqual(['2 seeds, tainted', '2 seeds']);
    expect([out!.tainted, sound!.tainted]).toEqual([true, false]);
    expect(out!.pen.faint).toBe(true);
    expect(out!.pen.dash.length).toBeGreaterThan(0);
    expect(sound!.pen.faint).toBe(false);
    expect(out!.key).not.toBe(sound!.key);
  });

  it('give what is tainted the place and colour of its setting', () => {
    const made = [0.1, 0.01].flatMap((lr, at) => [
      run(`${at}0`, { parameters: { lr }, taint: 'x' }),
      run(`${at}1`, { parameters: { lr } })
    ]);
    const groups = grouped(made, ['lr'], english);
    expect(label(groups)).toEqual([
      'lr = 0.01',
      'lr = 0.01, tainted',
      'lr = 0.1',
      'lr = 0.1, tainted'
    ]);
    expect(groups[1]!.pen.colour).toBe(groups[0]!.pen.colour);
  });

  it('have as many pens as groups where some of ten were made again', () => {
    const made = Array.from({ length: 10 }, (_, at) =>
      run(String(at), { parameters: { kind: `k${at}` } })
    );
    const groups = grouped([...made, ...made.slice(0, 4)], ['kind'], english);
    const seen = groups.map(({ pen }) => `${pen.colour} ${pen.dash.join()}`);
    expect(new Set(seen).size).toBe(14);
  });
});
