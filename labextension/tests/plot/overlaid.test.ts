import { describe, expect, it } from 'vitest';
import { english } from '../../src/data/words.js';
import { DEFAULTS, type PlotData } from '../../src/views/plot/host.js';
import { keysOf } from '../../src/views/plot/legend.js';
import { onAxis, type Picture } from '../../src/views/plot/picture.js';
import { readings } from '../../src/views/plot/readings.js';
import { notes } from '../../src/views/plot/sentences.js';
import { data, line, picture, run, sweep } from './made.js';

/** Metrics of which one would be a flat line beside the other. */
function unlike(): PlotData {
  return data({
    runs: [run('001')],
    lines: [
      line('001', 'loss', [400, 200, 100]),
      line('001', 'acc', [0.2, 0.8, 0.9])
    ],
    thresholds: [{ metric: 'acc', value: 0.95, label: 'acc > 0.95' }]
  });
}

describe('overlaid metrics', () => {
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

  it('share an axis where they are of one size', () => {
    const of = data({
      runs: [run('001')],
      lines: [line('001', 'a', [1, 2, 3]), line('001', 'b', [2, 4, 6])]
    });
    const { panels } = picture(of, { overlaid: true });
    expect(panels[0]!.own).toBe(null);
    expect(onAxis(panels[0]!, 'b', 4)).toBe(4);
    expect(panels[0]!.value).toEqual([1 - 0.3, 6 + 0.3]);
  });

  it('have ranges of their own where one would be flat, and say so', () => {
    const made = picture(unlike(), { overlaid: true });
    const [panel] = made.panels;
    expect(Object.fromEntries(panel!.own!)).toEqual({
      loss: [100, 400],
      acc: [0.2, 0.95]
    });
    expect(panel!.value).toEqual([-0.06, 1.06]);
    expect(onAxis(panel!, 'loss', 250)).toBe(0.5);
    expect(onAxis(panel!, 'acc', 0.95)).toBe(1);
    expect(keysOf(made, null, english).map(({ range }) => range)).toEqual([
      '0.2 to 0.95',
      '100 to 400'
    ]);
    expect(notes(made, DEFAULTS, null, english)).toContain('its own range');
  });

  it('are read as they were logged, in the order in which they lie', () => {
    const made = picture(unlike(), { overlaid: true });
    const found = readings(made.panels[0]!, 2, made.shown);
    expect(found.map(({ mark, y }) => [mark.metric, y])).toEqual([
      ['acc', 0.9],
      ['loss', 100]
    ]);
  });

  it('share a logarithmic axis, which has room for all', () => {
    const choices = { overlaid: true, logY: true };
    const [panel] = picture(unlike(), choices).panels;
    expect(panel!.own).toBe(null);
    expect(panel!.value[0]).toBeLessThan(0.2);
    expect(panel!.value[1]).toBeGreaterThan(400);
  });

  it('keep the axis for a metric that does not change, or has no values', () => {
    const flat = data({
      runs: [run('001')],
      lines: [line('001', 'a', [1, 2, 3]), line('001', 'b', [2, 2, 2])],
      thresholds: [{ metric: 'c', value: 1.5, label: 'c > 1.5' }]
    });
    expect(picture(flat, { overlaid: true }).panels[0]!.own).toBe(null);
    const absent = { ...unlike(), thresholds: flat.thresholds };
    const own = picture(absent, { overlaid: true }).panels[0]!.own!;
    expect(own.get('c')![0]).toBeLessThan(own.get('c')![1]);
  });

  it('leave the colours to the groups, also to what was made again', () => {
    const of = sweep();
    const runs = [...of.runs, { ...of.runs[0]!, label: '007' }];
    const more = [...of.lines, line('007', 'loss', [4, 3, 2])].flatMap(each => [
      each,
      { ...each, metric: 'acc' }
    ]);
    const made = picture({ ...of, runs, lines: more }, { overlaid: true });
    const pens = made.groups.map(({ pen }) => pen);
    expect(new Set(pens.map(({ colour }) => colour)).size).toBe(3);
    expect(pens.every(({ dash }) => !dash.length)).toBe(true);
    const drawn = made.panels[0]!.marks.filter(mark => !mark.faint);
    const seen = drawn.map(({ pen }) => `${pen.colour} ${pen.dash.join()}`);
    expect(new Set(seen).size).toBe(drawn.length);
  });
});
