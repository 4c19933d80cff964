// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ended, Looked } from '../../src/data/labbook.js';
import { Api } from '../../src/data/rest/api.js';
import { Hub } from '../../src/data/rest/hub.js';
import { RestLabbookSource } from '../../src/data/rest/labbookSource.js';
import { fast, LabbookServer, until } from './server.js';

let server: LabbookServer;
let hub: Hub;
let source: RestLabbookSource;
let labbooks: Record<string, string>;
let told: number;

beforeEach(async () => {
  server = await new LabbookServer().start();
  labbooks = { 'a/n.ipynb': 'a/labbook', 'b/n.ipynb': 'b/labbook' };
  server.routes.set('GET labbook', ({ query }) => {
    const found = labbooks[query.get('near') ?? ''];
    return found
      ? [200, { labbook: found }]
      : [404, { message: 'No labbook here.', reason: 'no-labbook' }];
  });
  server.overview = {
    labbook: 'a/labbook',
    counts: { running: 1 },
    tags: ['x']
  };
  hub = new Hub(new Api(server.request), { pace: fast });
  source = new RestLabbookSource(hub);
  told = 0;
  source.subscribe(() => (told += 1));
});

afterEach(async () => {
  source.dispose();
  await server.stop();
});

async function shown(): Promise<void> {
  source.setVisible(true);
  source.near('a/n.ipynb');
  await until(() => {
    expect(source.overview?.tags).toEqual(['x']);
    expect(source.freshness.contact).toBe('live');
  });
}

/** How often it was looked for. */
const looked = (): number =>
  server.asked.filter(each => each.route === 'labbook').length;

describe('a labbook', () => {
  it('is found beside a notebook and followed', async () => {
    await shown();
    expect(source.labbook).toBe('a/labbook');
    expect(told).toBeGreaterThan(0);
    server.overview = { ...server.overview, tags: ['x', 'y'] };
    server.tell('change', { experiments: {}, overview: true });
    await until(() => expect(source.overview?.tags).toEqual(['x', 'y']));
    expect(source.freshness.since).toBeInstanceOf(Date);
  });

  it('is another one beside another notebook', async () => {
    await shown();
    source.near('b/n.ipynb');
    await until(() => {
      expect(source.labbook).toBe('b/labbook');
      expect(source.overview).not.toBeNull();
    });
    expect(server.of('overview').at(-1)!.query.get('labbook')).toBe(
      'b/labbook'
    );
    await until(() => expect([...server.streams].length).toBe(1));
  });

  it('counts while nobody looks, and fetches nothing else', async () => {
    source.near('a/n.ipynb');
    await until(() => expect(source.overview?.counts).toEqual({ running: 1 }));
    await until(() => expect(source.freshness.contact).toBe('live'));
    await until(() => expect(server.of('overview').length).toBeGreaterThan(0));
    const asked = server.of('overview').length;
    server.tell('change', {
      experiments: {},
      overview: true,
      counts: { running: 2, waiting: 5 }
    });
    await until(() =>
      expect(source.overview?.counts).toEqual({ running: 2, waiting: 5 })
    );
    await server.quiet();
    expect(server.of('overview')).toHaveLength(asked);
    source.setVisible(true);
    await until(() =>
      expect(server.of('overview').length).toBeGreaterThan(asked)
    );
  });

  it('appears with the first experiment', async () => {
    source.setVisible(true);
    source.near('c/n.ipynb');
    await until(() => expect(server.of('labbook').length).toBeGreaterThan(2));
    expect(source.labbook).toBe('');
    expect(source.freshness.contact).toBe('polling');
    labbooks['c/n.ipynb'] = 'c/labbook';
    await until(() => expect(source.labbook).toBe('c/labbook'));
  });

  it('is noticed with the first view in it, while nobody looks at a list', async () => {
    const pace = { ...fast, poll: 60_000, pollHidden: 60_000 };
    hub = new Hub(new Api(server.request), { pace });
    const alone = new RestLabbookSource(hub);
    alone.near('c/n.ipynb');
    await until(() => expect(server.of('labbook')).toHaveLength(1));
    await server.quiet();
    labbooks['c/n.ipynb'] = 'c/labbook';
    const seat = hub.join('c/labbook', {});
    await until(() => expect(alone.overview?.counts).toEqual({ running: 1 }));
    expect(alone.labbook).toBe('c/labbook');
    seat.leave();
    alone.dispose();
  });

  it('is noticed in time, whoever made it, while nobody looks', async () => {
    source.near('c/n.ipynb');
    await until(() => expect(server.of('labbook').length).toBeGreaterThan(2));
    labbooks['c/n.ipynb'] = 'c/labbook';
    await until(() => expect(source.labbook).toBe('c/labbook'));
  });

  it('is filtered by the newest words', async () => {
    await shown();
    source.filter('wide', '');
    source.filter('wider', 'x');
    source.filter('wider', 'x');
    await until(() => {
      const { query } = server.of('overview').at(-1)!;
      expect([query.get('text'), query.get('tag')]).toEqual(['wider', 'x']);
    });
  });

  it('is searched', async () => {
    server.routes.set('GET experiments', () => [
      200,
      { rows: [{ experiment: '0001-x' }], total: 1, cursor: '' }
    ]);
    expect(await source.search('x')).toEqual({
      rows: [],
      total: 0,
      cursor: ''
    });
    await shown();
    expect((await source.search('x', 'c')).rows[0]!.experiment).toBe('0001-x');
  });

  it('tells each end once, however often it hears of it', async () => {
    const ended: Ended[] = [];
    await shown();
    source.onEnded(each => ended.push(each));
    const end = {
      ...{ experiment: '0001-x', name: 'x', run: '001', state: 'finished' },
      ...{ reason: '', verdicts: ['refuted'], last: true }
    };
    server.tell('ended', end);
    server.tell('ended', end);
    server.tell('ended', { ...end, run: '002' });
    await until(() =>
      expect(ended.map(each => each.run)).toEqual(['001', '002'])
    );
    expect(ended[0]).toEqual(end);
  });

  it('tells what pre-flight has found', async () => {
    const looked: Looked[] = [];
    await shown();
    const deaf = source.onLooked(each => looked.push(each));
    const found = {
      ...{ experiments: ['0001-x'], names: ['x'], problems: 1, warnings: 2 }
    };
    server.tell('checked', found);
    await until(() => expect(looked).toEqual([found]));
    deaf();
    server.tell('checked', { experiments: 'no list', problems: 'many' });
    const ended: Ended[] = [];
    source.onEnded(each => ended.push(each));
    server.tell('ended', { experiment: '0001-x', run: '001' });
    await until(() => expect(ended).toHaveLength(1));
    expect(looked).toEqual([found]);
  });

  it('passes on the verbs', async () => {
    await shown();
    for (const verb of ['stop', 'rerun', 'conclude']) {
      server.routes.set(`POST experiments/0001-x/${verb}`, () => [200, {}]);
    }
    await source.stop('0001-x', ['001']);
    await source.rerun('0001-x');
    await source.conclude('0001-x', 'Yes.', '');
    expect(
      server.asked.filter(each => each.method === 'POST').map(each => each.body)
    ).toEqual([
      { runs: ['001'], reason: '' },
      { runs: null, current: false },
      { text: 'Yes.', was: '' }
    ]);
  });

  it('says what is wrong, and is looked for again when it is gone', async () => {
    await shown();
    server.routes.set('GET overview', () => [
      404,
      { message: 'The labbook is gone.', reason: 'gone' }
    ]);
    labbooks['a/n.ipynb'] = 'moved/labbook';
    const sentences: string[] = [];
    source.subscribe(() => sentences.push(source.freshness.sentence));
    server.tell('change', { experiments: {}, overview: true });
    await until(() => expect(source.labbook).toBe('moved/labbook'));
    // Not for long: each look for another labbook begins anew.
    await until(() => expect(sentences).toContain('The labbook is gone.'));
    server.routes.delete('GET overview');
    await until(() => expect(source.freshness.contact).toBe('live'));
  });

  it('stays in view while it is gone from its place, and is back by itself', async () => {
    await shown();
    const answer = labbooks['a/n.ipynb']!;
    delete labbooks['a/n.ipynb'];
    const before = looked();
    server.tell('trouble', { message: 'It is away.', reason: 'no-labbook' });
    await until(() => expect(source.freshness.contact).toBe('gone'));
    expect(source.freshness.sentence).toBe('It is away.');
    await until(() => expect(looked()).toBeGreaterThan(before + 2));
    expect(source.labbook).toBe('a/labbook');
    expect(source.overview?.tags).toEqual(['x']);
    labbooks['a/n.ipynb'] = answer;
    server.tell('recovered', {});
    await until(() => expect(source.freshness.contact).toBe('live'));
    expect(source.labbook).toBe('a/labbook');
  });

  it('is missed beside its own notebooks alone', async () => {
    await shown();
    delete labbooks['a/n.ipynb'];
    server.tell('trouble', { message: 'It is away.', reason: 'gone' });
    await until(() => expect(source.freshness.contact).toBe('gone'));
    source.near('a/deeper/other.ipynb');
    const before = looked();
    await until(() => expect(looked()).toBeGreaterThan(before + 1));
    expect(source.labbook).toBe('a/labbook');
    source.near('c/n.ipynb');
    await until(() => expect(source.labbook).toBe(''));
    expect(source.freshness.sentence).toBe('');
  });

  it('says that the server is away before anything was found', async () => {
    await server.stop();
    source.near('a/n.ipynb');
    await until(() => expect(source.freshness.contact).toBe('stale'));
    expect(source.freshness.since).toBeNull();
    await server.start();
    await until(() => expect(source.labbook).toBe('a/labbook'));
  });
});
