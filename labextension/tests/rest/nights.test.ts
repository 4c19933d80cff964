// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runOf } from '../../src/data/queue.js';
import { Api } from '../../src/data/rest/api.js';
import { RestDigestSource } from '../../src/data/rest/digestSource.js';
import { Hub } from '../../src/data/rest/hub.js';
import {
  readDigest,
  readPreflight,
  readQueue
} from '../../src/data/rest/nights.js';
import { RestQueueSource } from '../../src/data/rest/queueSource.js';
import { fast, LabbookServer, until } from './server.js';

let server: LabbookServer;
let hub: Hub;
const ENTRY = {
  ...{ place: 'experiments/0001-deep/runs/001', experiment: '0001-deep' },
  ...{ run: '001', name: 'deep/001', state: 'waiting', when: 'tonight' },
  ...{ expected: { low: 1, middle: 2, high: 3 }, sentence: 'It waits.' }
};
let queue: Record<string, unknown>;
let found: Record<string, unknown>;
let digest: Record<string, unknown>;

beforeEach(async () => {
  server = await new LabbookServer().start();
  queue = { moment: '2026-11-22T18:00:00+01:00', entries: [ENTRY], total: 9 };
  found = { underway: false, findings: [] };
  digest = { headline: 'One.', unread: true, since: 'a', moment: 'b' };
  server.routes.set('GET queue', () => [200, queue]);
  server.routes.set('GET preflight', () => [200, found]);
  server.routes.set('GET digest', () => [200, digest]);
  const api = new Api(server.request);
  hub = new Hub(api, { pace: fast });
});
afterEach(() => server.stop());

const asked = (method: string, route: string): number =>
  server.asked.filter(each => each.method === method && each.route === route)
    .length;
const body = (route: string): unknown =>
  server.asked.filter(each => each.route === route && each.method === 'POST')[0]
    ?.body;

describe('a queue', () => {
  let source: RestQueueSource;
  beforeEach(async () => {
    source = new RestQueueSource(hub, 'labbook');
    await until(() => expect(source.queue).not.toBeNull());
  });
  afterEach(() => source.dispose());

  it('is read, and read again when the labbook changes', async () => {
    expect(source.queue!.entries[0]).toMatchObject({
      ...{ name: 'deep/001', priority: 0, held: false, begins: '' },
      expected: { low: 1, middle: 2, high: 3 }
    });
    expect(source.queue!.total).toBe(9);
    await server.quiet();
    queue = { ...queue, entries: [] };
    server.tell('change', { experiments: {}, overview: true });
    await until(() => expect(source.queue!.entries).toEqual([]));
  });

  it('is followed while somebody looks, and its findings only then', async () => {
    await server.quiet();
    expect(asked('GET', 'preflight')).toBe(0);
    source.setVisible(true);
    await until(() => expect(source.preflight).not.toBeNull());
    queue = { ...queue, paused: 'by hand.' };
    await until(() => expect(source.queue!.paused).toBe('by hand.'));
    source.setVisible(false);
    await server.quiet();
    const before = server.asked.length;
    await new Promise(resolve => setTimeout(resolve, fast.poll * 10));
    expect(server.asked.length).toBe(before);
  });

  it('is changed, and shows at once what the server answers', async () => {
    server.routes.set('POST queue', () => [200, { ...queue, paused: 'so.' }]);
    queue = { ...queue, paused: 'so.' };
    const runs = [runOf(source.queue!.entries[0]!)];
    await source.change({ act: 'hold', runs });
    expect(source.queue!.paused).toBe('so.');
    expect(body('queue')).toEqual({ act: 'hold', runs: ['0001-deep/001'] });
  });

  it('shows how it stands where a wish came too late', async () => {
    const now = { ...queue, entries: [{ ...ENTRY, state: 'running' }] };
    queue = now;
    server.routes.set('POST queue', () => [
      409,
      { reason: 'conflict', message: 'It executes already.', queue: now }
    ]);
    const wish = source.change({ act: 'hold', runs: ['0001-deep/001'] });
    await expect(wish).rejects.toThrow('It executes already.');
    expect(source.queue!.entries[0]!.state).toBe('running');
  });

  it('follows a look until its end', async () => {
    server.routes.set('POST preflight', () => [
      200,
      { underway: true, step: 'Beginning' }
    ]);
    source.setVisible(true);
    await until(() => expect(source.preflight).not.toBeNull());
    found = { underway: true, step: 'Trying deep/001' };
    await source.check('night-1');
    expect(body('preflight')).toEqual({ subject: 'night-1' });
    await until(() => expect(source.preflight!.step).toBe('Trying deep/001'));
    found = {
      findings: [
        {
          ...{ kind: 'smoke', severity: 'problem', sentence: 'It crashes.' },
          remedy: { verb: 'stop deep' }
        }
      ]
    };
    await until(() => expect(source.preflight!.underway).toBe(false));
    expect(source.preflight!.findings[0]).toEqual({
      ...{ kind: 'smoke', severity: 'problem', sentence: 'It crashes.' },
      ...{ runs: [], remedy: 'stop deep', detail: '' }
    });
  });

  it('mends, stops and looks ahead', async () => {
    server.routes.set('POST preflight/mend', () => [
      200,
      { told: 'Done.', preflight: found }
    ]);
    expect(await source.mend('stop deep')).toBe('Done.');
    expect(body('preflight/mend')).toEqual({ verb: 'stop deep' });
    server.routes.set('POST experiments/0001-deep/stop', () => [200, {}]);
    await source.stop(source.queue!.entries[0]!);
    expect(body('experiments/0001-deep/stop')).toMatchObject({
      runs: ['001']
    });
    server.routes.set('GET evening', () => [
      200,
      { headline: 'Empty.', suggestions: [{ sentence: 'S', verb: 'V' }] }
    ]);
    expect(await source.evening()).toEqual({
      headline: 'Empty.',
      suggestions: [{ sentence: 'S', verb: 'V', where: '' }]
    });
  });

  it('says what keeps it from being read, until it can be', async () => {
    server.routes.set('GET queue', () => [
      500,
      { reason: 'unreadable', message: 'The folder cannot be read.' }
    ]);
    let told = 0;
    source.subscribe(() => (told += 1));
    server.tell('change', { experiments: {}, overview: true });
    await until(() =>
      expect(source.problem).toBe('The folder cannot be read.')
    );
    expect(source.queue!.entries).toHaveLength(1);
    server.routes.set('GET queue', () => [200, queue]);
    await until(() => expect(source.problem).toBe(''));
    expect(told).toBeGreaterThan(1);
  });
});

describe('a digest', () => {
  let source: RestDigestSource;
  beforeEach(async () => {
    source = new RestDigestSource(hub, 'labbook');
    await until(() => expect(source.digest).not.toBeNull());
  });
  afterEach(() => source.dispose());

  it('is read once, and again when that is asked for', async () => {
    await server.quiet();
    expect(asked('GET', 'digest')).toBe(1);
    digest = { ...digest, headline: 'Two.' };
    source.refresh();
    await until(() => expect(source.digest!.headline).toBe('Two.'));
  });

  it('is marked as read for the time that it told of', async () => {
    server.routes.set('POST digest/read', () => [200, {}]);
    await source.read();
    expect(body('digest/read')).toEqual({ since: 'a', moment: 'b' });
    expect(source.digest!.unread).toBe(false);
  });

  it('stays unread where that could not be stored', async () => {
    server.routes.set('POST digest/read', () => [
      403,
      { reason: 'unauthorized', message: 'You may not.' }
    ]);
    await expect(source.read()).rejects.toThrow('You may not.');
    expect(source.digest!.unread).toBe(true);
  });
});

describe('an answer in which much is missing or wrong', () => {
  it.each([null, [], 'x', { entries: [{}, null, 3], findings: 'x' }])(
    'is read all the same: %j',
    data => {
      expect(readQueue(data).entries).toEqual([]);
      expect(readPreflight(data).findings).toEqual([]);
      expect(readDigest(data)).toMatchObject({ unread: false, results: [] });
    }
  );

  it('gives what can be used of it', () => {
    const told = readDigest({
      results: [
        {
          subject: { name: 'x', why: 'to see' },
          values: [['a', '1'], ['b'], 3],
          verdicts: [{ outcome: 'odd' }]
        }
      ],
      failures: [{ tail: ['a', '', 3] }],
      repeated: [{ why: 'x', changes: [['a', 'b'], ['c']], pairs: ['d', 1] }],
      calibration: { bands: [{ score: { count: 2 } }] },
      streak: { recent: [1, -1, 'x'] }
    });
    expect(told.results[0]).toMatchObject({
      subject: { title: 'to see', exploring: true },
      values: [['a', '1']],
      verdicts: [{ outcome: 'pending' }]
    });
    expect(told.failures[0]!.tail).toEqual(['a', '', '']);
    expect(told.repeated).toEqual([
      {
        ...{ experiment: '', why: 'x', changes: [['a', 'b']], pairs: ['d'] },
        ...{ more: '', verb: '' }
      }
    ]);
    expect(told.bands[0]!.count).toBe(2);
    expect(told.streak.recent).toEqual([1, 0, 0]);
    const finding = { severity: 'grave', sentence: 'x' };
    expect(readPreflight({ findings: [finding] }).findings[0]!.severity).toBe(
      'note'
    );
  });
});
