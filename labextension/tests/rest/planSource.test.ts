// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Api } from '../../src/data/rest/api.js';
import { Hub } from '../../src/data/rest/hub.js';
import { RestPlanSource } from '../../src/data/rest/planSource.js';
import { fast, LabbookServer, until } from './server.js';

let server: LabbookServer;
let hub: Hub;
let source: RestPlanSource;

beforeEach(async () => {
  server = await new LabbookServer().start();
  server.plan = plan('p1', 'Try it');
  await open();
});

afterEach(async () => {
  source.dispose();
  await server.stop();
});

/** Show the plan; all that is fetched when a stream begins has come. */
async function open(patience = 60_000): Promise<void> {
  const api = new Api(server.request, '', { patience });
  hub = new Hub(api, { pace: fast });
  source = new RestPlanSource(hub, 'labbook');
  let heard = false;
  const seat = hub.join('labbook', { reset: () => (heard = true) });
  await until(() => {
    expect(texts()).toEqual(['Try it']);
    expect(heard && source.state.live).toBe(true);
  });
  seat.leave();
  await server.quiet();
}

/** Tell of a version of the plan, and wait until that is heard. */
async function tell(version: string): Promise<void> {
  let heard: string | null = null;
  const seat = hub.join('labbook', { change: ({ plan }) => (heard = plan) });
  server.tell('change', { experiments: {}, plan: version });
  await until(() => expect(heard).toBe(version));
  seat.leave();
}

function plan(version: string, ...items: string[]): Record<string, unknown> {
  return {
    version,
    path: 'labbook/plan.md',
    problem: '',
    lists: [
      {
        list: 'question',
        title: 'Questions',
        items: items.map(text => ({ id: text, text, priority: 'high' }))
      }
    ]
  };
}

const texts = (): string[] =>
  source.state.lists.flatMap(({ items }) => items.map(({ text }) => text));

const posts = (): Record<string, unknown>[] =>
  server.asked.filter(each => each.method === 'POST').map(each => each.body);

describe('a plan', () => {
  it('is read, and followed when it changes elsewhere', async () => {
    expect(source.state).toMatchObject({
      path: 'labbook/plan.md',
      problem: '',
      live: true
    });
    expect(source.state.lists[0]!.items[0]).toEqual({
      ...{ id: 'Try it', list: 'question', text: 'Try it', done: false },
      ...{ priority: 'high', expected: '', setup: '', impact: '' }
    });
    let told = 0;
    const leave = source.subscribe(() => (told += 1));
    server.plan = plan('p2', 'Try it', 'And that');
    server.tell('change', { experiments: {}, plan: 'p2' });
    await until(() => expect(texts()).toEqual(['Try it', 'And that']));
    expect(told).toBeGreaterThan(0);
    leave();
    const asked = server.of('plan').length;
    await tell('p2');
    await server.quiet();
    expect(server.of('plan')).toHaveLength(asked);
    await tell('p3');
    await server.quiet();
    expect(server.of('plan')).toHaveLength(asked + 1);
  });

  it('shows a change once that is stored', async () => {
    server.routes.set('POST plan', () => [200, plan('p2', 'New', 'Try it')]);
    await source.apply({ op: 'add', list: 'question', text: 'New' });
    expect(texts()).toEqual(['New', 'Try it']);
    expect(posts()[0]).toMatchObject({ op: 'add', text: 'New' });
    expect(posts()[0]!.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is not set back by what was read before a change', async () => {
    let release: (() => void) | undefined;
    server.routes.set('POST plan', () => [200, plan('p3', 'Newest')]);
    const held = new Promise<void>(resolve => (release = resolve));
    const request = server.request;
    const slow: typeof request = async (path, init) => {
      const response = await request(path, init);
      if (path === 'plan' && init.method === 'GET') {
        await held;
      }
      return response;
    };
    source.dispose();
    const before = server.of('plan').length;
    source = new RestPlanSource(
      new Hub(new Api(slow), { pace: fast }),
      'labbook'
    );
    await until(() => expect(server.of('plan').length).toBeGreaterThan(before));
    await source.apply({ op: 'undo' });
    const read = server.of('plan').length;
    server.plan = plan('p3', 'Newest');
    release!();
    await until(() => expect(server.of('plan').length).toBeGreaterThan(read));
    expect(texts()).toEqual(['Newest']);
  });

  it('sends a change again under the same id when nobody knows', async () => {
    source.dispose();
    await open(1500);
    let times = 0;
    server.routes.set('POST plan', () => {
      times += 1;
      return times === 1
        ? 'hang'
        : times === 2
          ? [500, 'oops']
          : [200, plan('p2', 'Done')];
    });
    await source.apply({ op: 'tick', item: 'Try it', done: true });
    expect(new Set(posts().map(({ id }) => id)).size).toBe(1);
    expect(posts().length).toBeGreaterThanOrEqual(3);
    expect(texts()).toEqual(['Done']);
  });

  it('says so when a change cannot be stored at last', async () => {
    await server.stop();
    await expect(source.apply({ op: 'undo' })).rejects.toThrow(
      'cannot be reached'
    );
    await until(() => expect(source.state.live).toBe(false));
  });

  it('shows what others made of it in a conflict', async () => {
    server.routes.set('POST plan', () => [
      409,
      {
        message: 'That item was removed.',
        reason: 'conflict',
        plan: plan('p5', 'Theirs')
      }
    ]);
    const change = { op: 'delete', item: 'Try it' } as const;
    await expect(source.apply(change)).rejects.toThrow(
      'That item was removed.'
    );
    expect(texts()).toEqual(['Theirs']);
    server.plan = plan('p6', 'Read');
    server.routes.set('POST plan', () => [
      409,
      { message: 'Again.', reason: 'conflict' }
    ]);
    await expect(source.apply(change)).rejects.toThrow('Again.');
    await until(() => expect(texts()).toEqual(['Read']));
  });

  it('is not tried again where it was refused', async () => {
    server.routes.set('POST plan', () => [
      400,
      { message: 'An item needs a text.', reason: 'invalid' }
    ]);
    await expect(
      source.apply({ op: 'add', list: 'test', text: '' })
    ).rejects.toThrow('An item needs a text.');
    expect(posts()).toHaveLength(1);
  });

  it('says why it cannot be read, until it can', async () => {
    server.routes.set('GET plan', () => [
      500,
      { message: 'plan.md cannot be read.', reason: 'unreadable' }
    ]);
    server.tell('change', { experiments: {}, plan: 'p9' });
    await until(() =>
      expect(source.state.problem).toBe('plan.md cannot be read.')
    );
    expect(texts()).toEqual(['Try it']);
    server.routes.clear();
    await until(() => expect(source.state.problem).toBe(''));
  });

  it('reads nothing for a list that nobody sees', async () => {
    source.setVisible(false);
    const asked = server.of('plan').length;
    server.plan = plan('p2', 'Later');
    await tell('p2');
    await server.quiet();
    expect(server.of('plan')).toHaveLength(asked);
    source.setVisible(true);
    await until(() => expect(texts()).toEqual(['Later']));
  });

  it('ends what waits for an answer when it is closed', async () => {
    server.routes.set('POST plan', () => 'hang');
    const asked = source.apply({ op: 'undo' });
    source.dispose();
    await expect(asked).rejects.toThrow('closed before an answer');
  });
});
