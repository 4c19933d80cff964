// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Api, ApiError, queryOf, UNCHANGED } from '../../src/data/rest/api.js';
import { LabbookServer } from './server.js';

const PLACE = { labbook: 'my project/labbook', experiment: '0007-größer & ?' };

let server: LabbookServer;
let api: Api;

beforeEach(async () => {
  server = await new LabbookServer().start();
  api = new Api(server.request, server.root);
});

afterEach(() => server.stop());

/** What a request that must not work was refused with. */
async function refusal(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => new Error('it worked'),
    (reason: unknown) => reason
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

function answer(route: string, body: unknown, status = 200): void {
  server.routes.set(route, () => [status, body]);
}

describe('the routes', () => {
  it('find labbook and place', async () => {
    answer('GET labbook', { labbook: 'a/labbook' });
    answer('GET place', { labbook: 'a/labbook', experiment: '0001-x' });
    expect(await api.labbook('a/n b.ipynb')).toBe('a/labbook');
    expect(await api.place('/abs/0001-x', 'a/n.ipynb')).toEqual({
      labbook: 'a/labbook',
      experiment: '0001-x'
    });
    expect(server.of('labbook')[0]!.query.get('near')).toBe('a/n b.ipynb');
    expect(server.of('place')[0]!.query.get('path')).toBe('/abs/0001-x');
  });

  it('read an experiment, and again only if it has changed', async () => {
    server.show(PLACE.experiment, { question: 'Why?' }, [
      ['Look', '%labbook show'],
      ['half']
    ]);
    const first = await api.experiment(PLACE);
    if (first === UNCHANGED) {
      throw new Error('nothing was known');
    }
    expect(first.value.view.question).toBe('Why?');
    expect(first.value.next).toEqual([['Look', '%labbook show']]);
    expect(await api.experiment(PLACE, first.etag)).toBe(UNCHANGED);
    expect(server.asked[0]!.route).toBe(`experiments/${PLACE.experiment}`);
    expect(server.asked[0]!.query.get('labbook')).toBe(PLACE.labbook);
  });

  it('read an overview with everything that it lacks', async () => {
    server.overview = {
      labbook: 'labbook',
      counts: { running: 2, odd: 'x' },
      groups: {
        running: [
          { experiment: '0001-x', verdicts: ['supported', 'who knows'] },
          { name: 'without a folder' },
          'rubbish'
        ]
      },
      totals: { running: 70 }
    };
    const got = await api.overview('labbook', { text: '', tag: '' });
    if (got === UNCHANGED) {
      throw new Error('nothing was known');
    }
    const { value } = got;
    expect(value.counts).toEqual({ running: 2 });
    expect(value.totals).toEqual({
      running: 70,
      waiting: 0,
      today: 0,
      unconcluded: 0,
      failed: 0
    });
    expect(value.groups.running).toHaveLength(1);
    expect(value.groups.running[0]).toMatchObject({
      experiment: '0001-x',
      name: '',
      verdicts: ['supported', 'pending'],
      progress: null
    });
    expect(value.groups.failed).toEqual([]);
    expect([...server.asked[0]!.query.keys()]).toEqual(['labbook']);
  });

  it('search, page by page', async () => {
    answer('GET experiments', {
      rows: [{ experiment: '0001-x' }],
      total: 3,
      cursor: 'c'
    });
    const found = await api.experiments('l', { text: 'wide', cursor: 'b' });
    expect(found).toMatchObject({ total: 3, cursor: 'c' });
    expect(found.rows[0]!.experiment).toBe('0001-x');
    expect(server.asked[0]!.query.get('cursor')).toBe('b');
  });

  it('ask for a range by each metric and run', async () => {
    answer(`GET experiments/${PLACE.experiment}/range`, {
      lines: [
        {
          run: '001',
          metric: 'loss',
          x_name: 'row',
          keep: 0,
          x: [1, 2],
          time: [5, 6],
          y: [0.5, null],
          mean: null
        }
      ],
      runs: []
    });
    const lines = await api.range(PLACE, {
      metrics: ['loss', 'a&b'],
      runs: ['001'],
      by: 'time',
      from: 1.5,
      to: 9,
      points: 600
    });
    expect(lines).toEqual([
      {
        run: '001',
        metric: 'loss',
        xName: 'row',
        x: [1, 2],
        time: [5, 6],
        y: [0.5, null],
        mean: null
      }
    ]);
    const { query } = server.asked[0]!;
    expect(query.getAll('metric')).toEqual(['loss', 'a&b']);
    expect(query.get('by')).toBe('time');
  });

  it('read a run, its output and its files', async () => {
    const route = `GET experiments/${PLACE.experiment}/runs/003`;
    answer(route, {
      view: { label: '003', state: 'running' },
      record: { seed: 1 },
      exit: null
    });
    answer(`${route}/output`, { start: 10, end: 12, size: 40, text: 'hi' });
    answer(`${route}/metrics`, Buffer.from('a,b\n1,2\n'));
    const run = await api.run(PLACE, '003');
    expect(run.view).toMatchObject({ label: '003', state: 'running' });
    expect([run.record, run.exit]).toEqual([{ seed: 1 }, null]);
    expect(await api.output(PLACE, '003', 10)).toEqual({
      start: 10,
      end: 12,
      size: 40,
      text: 'hi'
    });
    const part = await api.metrics(PLACE, '003', { offset: 4 });
    expect(new TextDecoder().decode(part.bytes)).toBe('a,b\n1,2\n');
    expect([part.end, part.size]).toEqual([12, 900]);
    expect(server.asked[1]!.query.get('from')).toBe('10');
  });

  it('give addresses in which no name is more than a name', () => {
    const hostile = { labbook: 'a&b', experiment: '../x?y' };
    expect(api.figure(hostile, '001', 'figures/a/b #1.png')).toBe(
      `${server.root}experiments/..%2Fx%3Fy/runs/001/figures/a%2Fb%20%231.png?labbook=a%26b`
    );
    expect(api.metricsFile(hostile, '001')).toBe(
      `${server.root}experiments/..%2Fx%3Fy/runs/001/metrics.csv?labbook=a%26b`
    );
    expect(queryOf({ none: undefined })).toBe('');
  });

  it('send the verbs', async () => {
    const route = `POST experiments/${PLACE.experiment}`;
    answer(`${route}/stop`, { runs: [{ run: '003', was: 'running' }] });
    answer(`${route}/rerun`, { runs: [{ original: '003', rerun: '004' }] });
    answer(`${route}/conclude`, { conclusion: 'It does.' });
    await api.stop(PLACE, ['003'], 'late');
    expect(await api.rerun(PLACE, null)).toEqual(['004']);
    expect(await api.conclude(PLACE, 'It does.', '')).toBe('It does.');
    expect(server.asked.map(each => each.body)).toEqual([
      { runs: ['003'], reason: 'late' },
      { runs: null, current: false },
      { text: 'It does.', was: '' }
    ]);
  });
});

describe('a request that fails', () => {
  const labbook = (): Promise<ApiError> => refusal(api.labbook('n'));

  it('says what the server says', async () => {
    answer(
      'GET labbook',
      { message: 'There is none.', reason: 'no-labbook' },
      404
    );
    const error = await labbook();
    expect(error).toMatchObject({
      message: 'There is none.',
      reason: 'no-labbook',
      status: 404
    });
  });

  it('keeps what else a conflict says', async () => {
    answer(
      `POST experiments/${PLACE.experiment}/conclude`,
      { message: 'Changed.', reason: 'conflict', conclusion: 'Other' },
      409
    );
    const error = await refusal(api.conclude(PLACE, 'x', 'y'));
    expect(error.body.conclusion).toBe('Other');
  });

  it.each([
    [401, 'unauthorized', 'log in again'],
    [403, 'unauthorized', 'log in again'],
    [404, 'absent', 'is not enabled'],
    [405, 'absent', 'is not enabled'],
    [500, 'failed', 'its log says why'],
    [502, 'network', 'cannot be reached'],
    [503, 'slow', 'busy or is starting'],
    [504, 'slow', 'busy or is starting']
  ])('has a sentence for %i', async (status, reason, words) => {
    answer('GET labbook', { message: 'raw', reason: null }, status);
    const error = await labbook();
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(words);
    answer('GET labbook', '<h1>proxy</h1>', status);
    expect((await labbook()).reason).toBe(reason);
  });

  it('says that the server is down', async () => {
    await server.stop();
    expect(await labbook()).toMatchObject({ reason: 'network', status: 0 });
  });

  it('takes a page in place of an answer for one to log in', async () => {
    answer('GET labbook', '<html>log in</html>');
    expect((await labbook()).reason).toBe('unauthorized');
  });

  it('gives up a request that is never answered', async () => {
    api = new Api(server.request, '', { patience: 20 });
    server.routes.set('GET labbook', () => 'hang');
    const error = await labbook();
    expect(error.reason).toBe('slow');
    expect(error.message).toContain('too long');
  });

  it('ends with its signal and its reason', async () => {
    server.routes.set('GET labbook', () => 'hang');
    const controller = new AbortController();
    const asked = api.labbook('n', controller.signal);
    controller.abort(new Error('nobody looks'));
    await expect(asked).rejects.toThrow('nobody looks');
    await expect(api.labbook('n', controller.signal)).rejects.toThrow(
      'nobody looks'
    );
  });

  it('says that an answer makes no sense', async () => {
    server.show(PLACE.experiment, { name: '' });
    expect((await refusal(api.experiment(PLACE))).reason).toBe('damaged');
    for (const line of [
      { x: [1], time: [1], y: [] },
      { x: [null], time: [1], y: [1] },
      { x: Array(40_000).fill(1), time: [1], y: [1] }
    ]) {
      server.series = () => [
        200,
        { lines: [{ run: '1', metric: 'm', ...line }] }
      ];
      expect((await refusal(api.series(PLACE, 100))).reason).toBe('damaged');
    }
    const garbled: typeof server.request = () =>
      Promise.resolve(new Response('{"labb'));
    expect((await refusal(new Api(garbled).labbook('n'))).reason).toBe(
      'damaged'
    );
  });
});
