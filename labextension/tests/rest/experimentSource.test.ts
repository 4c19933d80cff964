// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Aspect } from '../../src/data/experiment.js';
import type { Line } from '../../src/data/lines.js';
import { Api, ApiError } from '../../src/data/rest/api.js';
import { RestExperimentSource } from '../../src/data/rest/experimentSource.js';
import { Hub } from '../../src/data/rest/hub.js';
import { added, readSeries } from '../../src/data/rest/series.js';
import { fast, LabbookServer, until } from './server.js';

const NAME = '0007-wider-forest';
const PLACE = { labbook: 'labbook', experiment: NAME };
const VIEW = `experiments/${NAME}`;

let server: LabbookServer;
let hub: Hub;
let source: RestExperimentSource;
let told: Aspect[];

beforeEach(async () => {
  server = await new LabbookServer().start();
  server.show(NAME, { question: 'Why?' });
  hub = new Hub(new Api(server.request, server.root), { pace: fast });
  told = [];
});

afterEach(async () => {
  source.dispose();
  await server.stop();
});

function open(visible = true): void {
  source = new RestExperimentSource(hub, PLACE);
  source.subscribe(changed => told.push(...changed));
  source.setVisible(visible);
}

const contact = (wanted: string): Promise<void> =>
  until(() => expect(source.freshness.contact).toBe(wanted));

const question = (wanted: string): Promise<void> =>
  until(() => expect(source.view?.question).toBe(wanted));

/** Points 1..n of a line, or those after `keep`. */
function piece(n: number, keep = 0, more: object = {}): object {
  const x = Array.from({ length: n - keep }, (_, at) => keep + at + 1);
  return {
    ...{ run: '001', metric: 'loss', x_name: 'step', keep, mean: null },
    ...{ x, time: x.map(each => each * 10), y: x.map(each => each / 2) },
    ...more
  };
}

/** Nothing more is being fetched, and the last thing told has been heard. */
async function quiet(): Promise<void> {
  await contact('live');
  await server.quiet();
  expect(source.freshness.sentence).toBe('');
}

describe('an experiment', () => {
  it('is shown and followed', async () => {
    open();
    await question('Why?');
    await contact('live');
    server.show(NAME, { question: 'Why not?' }, [['Look', '%labbook show']]);
    server.change(NAME, 'view');
    await question('Why not?');
    expect(source.next).toEqual([['Look', '%labbook show']]);
    expect(told).toContain('view');
    expect(source.freshness.sentence).toBe('');
    expect(source.freshness.since).toBeInstanceOf(Date);
  });

  it.each([200, 500])(
    'is asked for its lines first where an output knows the rest (%i)',
    async status => {
      open();
      await question('Why?');
      await quiet();
      const known = { view: { ...source.view!, question: 'Saved?' }, next: [] };
      source.dispose();
      server.asked.length = 0;
      server.series = () => [status, { cursor: 's1', lines: [], runs: [] }];
      source = new RestExperimentSource(hub, PLACE, known);
      source.setVisible(true);
      expect(source.view?.question).toBe('Saved?');
      await question('Why?');
      const routes = server.asked.map(each => each.route);
      const lines = routes.indexOf(`${VIEW}/series`);
      expect(lines).toBeGreaterThan(-1);
      // The last: one of the source before may still have been on its way.
      expect(lines).toBeLessThan(routes.lastIndexOf(VIEW));
    }
  );

  it('is read on at once while the server has not read all of it', async () => {
    let read = 0;
    server.routes.set(`GET ${VIEW}`, () => {
      read = Math.min(3, read + 1);
      const view = { name: NAME, number: 7, question: `Read ${read}?` };
      return [200, { version: 1, view, next: [], behind: read < 3 }];
    });
    open();
    await question('Read 3?');
    await quiet();
    expect(server.of(VIEW).length).toBeGreaterThanOrEqual(3);
  });

  it('is not told as changed when it is the same', async () => {
    open();
    await quiet();
    told.length = 0;
    const asked = server.of(VIEW).length;
    server.change(NAME, 'view');
    await until(() =>
      expect(
        server
          .of(VIEW)
          .slice(asked)
          .map(each => each.status)
      ).toEqual([304])
    );
    server.change('0008-other', 'view', 'lines', 'output');
    await quiet();
    expect(server.of(VIEW)).toHaveLength(asked + 1);
    expect(told).toEqual([]);
  });

  it('is fetched once for many changes', async () => {
    hub = new Hub(hub.api, { pace: { ...fast, refetch: 300 } });
    open();
    await quiet();
    const asked = server.of(VIEW).length;
    for (let times = 0; times < 30; times++) {
      server.show(NAME, { question: String(times) });
      server.change(NAME, 'view');
    }
    await question('29');
    expect(server.of(VIEW).length - asked).toBeLessThanOrEqual(2);
  });

  it('costs nothing while nobody sees it', async () => {
    open(false);
    await contact('live');
    server.change(NAME, 'view', 'lines', 'output');
    server.tell('ended', {});
    await until(() => expect(hub.size).toBe(1));
    expect(server.of(VIEW)).toEqual([]);
    expect(source.view).toBeNull();
    expect(source.freshness.since).toBeNull();
    source.setVisible(true);
    await question('Why?');
    expect(told).toContain('output');
    await until(() =>
      expect(server.of(`${VIEW}/series`).length).toBeGreaterThan(0)
    );
  });

  it('tells of new output', async () => {
    open();
    await quiet();
    told.length = 0;
    server.change(NAME, 'output');
    await until(() => expect(told).toEqual(['output']));
  });

  it('starts from what an output says of it', () => {
    const known = { view: null as never, next: [['a', 'b'] as const] as never };
    source = new RestExperimentSource(hub, PLACE, known);
    expect(source.next).toEqual([['a', 'b']]);
    expect(source.freshness.since).toBeNull();
  });

  it('is gone when its folder is, and comes back with it', async () => {
    open();
    await question('Why?');
    const kept = server.experiments.get(NAME)!;
    server.experiments.delete(NAME);
    server.change(NAME, 'view');
    await contact('gone');
    expect(source.freshness.sentence).toBe('That experiment is gone.');
    expect(source.view?.question).toBe('Why?');
    const since = source.freshness.since!;
    expect(since).toBeInstanceOf(Date);
    server.experiments.set(NAME, kept);
    await contact('live');
    expect(source.freshness.since!.getTime()).toBeGreaterThanOrEqual(
      since.getTime()
    );
  });

  it('says since when it is old while the server is away, then goes on', async () => {
    open();
    await question('Why?');
    await contact('live');
    await server.stop();
    await contact('stale');
    expect(source.freshness.sentence).toContain('cannot be reached');
    expect(source.freshness.since).toBeInstanceOf(Date);
    server.show(NAME, { question: 'Anew?' });
    server.forget();
    await server.start();
    await contact('live');
    await question('Anew?');
  });

  it('says that the session has ended, then goes on', async () => {
    server.refuse = 401;
    open();
    await contact('unauthorized');
    expect(source.freshness.since).toBeNull();
    server.refuse = 0;
    await contact('live');
    await question('Why?');
  });

  it('shows its own trouble while the connection is well', async () => {
    open();
    await contact('live');
    server.routes.set(`GET ${VIEW}`, () => [
      503,
      { message: 'The disk does not answer.', reason: 'slow' }
    ]);
    server.change(NAME, 'view');
    await contact('stale');
    expect(source.freshness.sentence).toBe('The disk does not answer.');
    server.routes.clear();
    await contact('live');
  });
});

describe('its lines', () => {
  const series = (): string[] =>
    server.of(`${VIEW}/series`).map(each => each.query.get('since') ?? '');

  it('grow by what was added', async () => {
    let points = 3;
    server.series = ({ query }) => {
      const since = query.get('since');
      const keep = since ? Number(since.slice(1)) - 1 : 0;
      const lines = since === `c${points}` ? [] : [piece(points, keep)];
      return [200, { cursor: `c${points}`, lines, runs: ['001'] }];
    };
    open();
    await until(() => expect(source.lines[0]?.x).toEqual([1, 2, 3]));
    await quiet();
    points = 5;
    server.change(NAME, 'lines');
    await until(() => expect(source.lines[0]?.x).toEqual([1, 2, 3, 4, 5]));
    expect(source.lines[0]).toMatchObject({
      time: [10, 20, 30, 40, 50],
      y: [0.5, 1, 1.5, 2, 2.5],
      xName: 'step'
    });
    expect(series().at(-1)).toBe('c3');
    told.length = 0;
    await quiet();
    server.change(NAME, 'lines');
    await until(() => expect(series().at(-1)).toBe('c5'));
    await quiet();
    expect(told).toEqual([]);
  });

  it('are read on at once while there is more', async () => {
    const parts = [1, 2, 3, 4];
    server.series = () => {
      const n = parts.shift() ?? 4;
      const lines = [piece(n, n - 1)];
      return [200, { cursor: `c${n}`, lines, runs: ['001'], behind: n < 4 }];
    };
    open();
    await until(() => expect(source.lines[0]?.x).toEqual([1, 2, 3, 4]));
  });

  it('are fetched whole when what was added does not fit', async () => {
    server.series = ({ query }) => {
      const lines = [query.get('since') ? piece(99, 90) : piece(2)];
      return [200, { cursor: 'c', lines, runs: ['001'] }];
    };
    open();
    await until(() => expect(source.lines[0]?.x).toEqual([1, 2]));
    await quiet();
    server.change(NAME, 'lines');
    // Asked for what was added, then for everything; never again after that.
    await until(() => expect(series().slice(-2)).toEqual(['c', '']));
    expect(source.lines[0]?.x).toEqual([1, 2]);
  });

  it('are fetched anew for another width', async () => {
    server.series = () => [200, { cursor: 'c', lines: [], runs: [] }];
    open();
    await quiet();
    const asked = series().length;
    source.setPoints(1000);
    source.setPoints(99_999);
    // One that was on its way may come first; only one is for the new width.
    await until(() => expect(series().slice(asked).at(-1)).toBe(''));
    expect(
      series()
        .slice(asked)
        .filter(since => since === '')
    ).toHaveLength(1);
    expect(server.of(`${VIEW}/series`).at(-1)!.query.get('points')).toBe(
      '8000'
    );
  });

  it('go with the runs that have none any more', () => {
    const first = readSeries({
      lines: [piece(2), piece(2, 0, { run: '002' })],
      runs: ['001', '002']
    });
    const lines = added([], first)!;
    const next = added(lines, readSeries({ lines: [], runs: ['002'] }))!;
    expect(next.map(({ run }) => run)).toEqual(['002']);
    expect(next[0]).toBe(lines[1]);
  });

  it('take their means along', () => {
    const mean = (x: number[], keep = 0): object => ({
      keep,
      x,
      time: x,
      y: x.map(() => null)
    });
    const read = (line: object): Line[] =>
      added(lines, readSeries({ lines: [line], runs: ['001'] }))!;
    let lines: Line[] = [];
    lines = read(piece(4, 0, { mean: mean([1, 2, 3]) }));
    lines = read(piece(5, 4, { mean: mean([9], 2) }));
    expect(lines[0]!.mean).toEqual({
      x: [1, 2, 9],
      time: [1, 2, 9],
      y: [null, null, null]
    });
    expect(
      added(
        lines,
        readSeries({
          lines: [piece(5, 5, { mean: mean([1], 4) })],
          runs: ['001']
        })
      )
    ).toBeNull();
    lines = read(piece(5, 5));
    expect(lines[0]!.mean).toBeNull();
  });
});

describe('its verbs', () => {
  it('are sent, and their effect is shown', async () => {
    open();
    await quiet();
    server.routes.set(`POST ${VIEW}/stop`, () => {
      server.show(NAME, { question: 'Stopped?' });
      return [200, { runs: [] }];
    });
    server.routes.set(`POST ${VIEW}/rerun`, () => [200, { runs: [] }]);
    await source.stop(['001']);
    await question('Stopped?');
    await source.rerun();
    expect(server.of(`${VIEW}/stop`)[0]!.body.runs).toEqual(['001']);
    expect(server.of(`${VIEW}/rerun`)[0]!.body.runs).toBeNull();
  });

  it('show another conclusion that was recorded first', async () => {
    open();
    await quiet();
    server.routes.set(`POST ${VIEW}/conclude`, () => {
      server.show(NAME, { question: 'Why?', conclusion: 'Theirs' });
      return [409, { message: 'It was changed.', reason: 'conflict' }];
    });
    await expect(source.conclude('Mine', '')).rejects.toThrow(
      'It was changed.'
    );
    await until(() => expect(source.view?.conclusion).toBe('Theirs'));
  });

  it('reject with one sentence', async () => {
    open();
    await server.stop();
    await expect(source.stop()).rejects.toThrow(ApiError);
    await expect(source.output('001')).rejects.toThrow('cannot be reached');
    await expect(
      source.range({
        ...{ metrics: ['loss'], runs: [], by: 'step' },
        ...{ from: 0, to: 1, points: 100 }
      })
    ).rejects.toThrow('cannot be reached');
  });

  it('name pictures and files', () => {
    open(false);
    expect(source.figure('001', 'figures/a.png')).toBe(
      `${server.root}${VIEW}/runs/001/figures/a.png?labbook=labbook`
    );
    expect(source.metricsFile('001')).toContain('/runs/001/metrics.csv?');
  });
});
