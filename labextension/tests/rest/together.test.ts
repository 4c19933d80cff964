// @vitest-environment node
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Api, ApiError } from '../../src/data/rest/api.js';
import type { Series } from '../../src/data/rest/series.js';
import { Together } from '../../src/data/rest/together.js';
import { LabbookServer } from './server.js';

let server: LabbookServer;
let together: Together;

beforeEach(async () => {
  server = await new LabbookServer().start();
  server.series = ({ query }) => [
    200,
    {
      cursor: ['experiment', 'points', 'since']
        .map(name => query.get(name) ?? '')
        .join(),
      lines: [],
      runs: []
    }
  ];
  together = new Together(new Api(server.request));
});

afterEach(() => server.stop());

const never = new AbortController().signal;

function ask(
  experiment: string,
  { labbook = 'labbook', since = 'c', signal = never } = {}
): Promise<Series> {
  return together.series({ labbook, experiment }, 100, since, signal);
}

const routes = (): string[] => server.asked.map(({ route }) => route);

it('asks for one as ever', async () => {
  expect((await ask('1')).cursor).toBe(',100,c');
  expect(routes()).toEqual(['experiments/1/series']);
});

it('asks for several of a labbook at once, each with its own answer', async () => {
  const wishes = [ask('1'), ask('2', { since: '' }), ask('3')];
  const found = await Promise.all(wishes);
  expect(found.map(({ cursor }) => cursor)).toEqual([
    '1,100,c',
    '2,100,',
    '3,100,c'
  ]);
  expect(routes()).toEqual(['series']);
});

it('asks for no more than the server reads at once', async () => {
  const names = Array.from({ length: 35 }, (_, at) => String(at));
  const found = await Promise.all(names.map(name => ask(name)));
  expect(found.map(({ cursor }) => cursor.split(',')[0])).toEqual(names);
  expect(
    server.of('series').map(({ query }) => query.getAll('experiment').length)
  ).toEqual([16, 16, 3]);
});

it('keeps labbooks apart', async () => {
  const other = { labbook: 'other/labbook' };
  await Promise.all([ask('1'), ask('2'), ask('3', other), ask('4', other)]);
  expect(server.of('series').map(({ query }) => query.get('labbook'))).toEqual([
    'labbook',
    'other/labbook'
  ]);
});

it('asks again for what the server had no time for', async () => {
  const answer = server.series;
  const seen = new Set<string>();
  server.series = asked => {
    const name = asked.query.get('experiment') ?? '1';
    const first = !seen.has(name) && name !== '1';
    seen.add(name);
    return first ? 'hang' : answer(asked);
  };
  const found = await Promise.all([ask('1'), ask('2'), ask('3')]);
  expect(found.map(({ cursor }) => cursor[0])).toEqual(['1', '2', '3']);
  expect(
    server.of('series').map(({ query }) => query.getAll('experiment'))
  ).toEqual([
    ['1', '2', '3'],
    ['2', '3']
  ]);
});

it('tells why one of them has no answer, to that one alone', async () => {
  const answer = server.series;
  server.series = asked =>
    asked.query.get('experiment') === '2'
      ? [404, { message: 'It is gone.', reason: 'gone' }]
      : answer(asked);
  const [first, second] = await Promise.allSettled([ask('1'), ask('2')]);
  expect(first?.status).toBe('fulfilled');
  expect(second).toMatchObject({
    status: 'rejected',
    reason: { message: 'It is gone.', reason: 'gone', status: 404 }
  });
});

it.each([
  ['unauthorized', 403, { message: 'Forbidden' }],
  ['damaged', 200, { series: [] }],
  ['damaged', 200, { series: [{ lines: [{ x: [1] }] }, null] }]
])(
  'tells all of them why there is no answer (%s)',
  async (why, status, body) => {
    server.routes.set('GET series', () => [status, body]);
    const found = await Promise.allSettled([ask('1'), ask('2')]);
    for (const each of found) {
      expect(each.status).toBe('rejected');
      const reason = (each as PromiseRejectedResult).reason as ApiError;
      expect(reason).toBeInstanceOf(ApiError);
      expect(reason.reason).toBe(why);
    }
  }
);

it('does not ask for what nobody waits for any more', async () => {
  const leaving = new AbortController();
  const left = ask('1', { signal: leaving.signal });
  const stays = ask('2');
  leaving.abort(new Error('closed'));
  await expect(left).rejects.toThrow('closed');
  await stays;
  expect(routes()).toEqual(['experiments/2/series']);
});
