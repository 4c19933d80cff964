import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ServerConnection } from '@jupyterlab/services';
import { english } from '../../src/data/words.js';
import { hubFor, serverPath } from '../../src/plugin/connection.js';
import { fewStreams } from '../../src/plugin/fewStreams.js';
import { tellNotes } from '../../src/plugin/notes.js';
import { browserPage } from '../../src/plugin/page.js';
import { browserStore } from '../../src/plugin/store.js';
import { LabbookServer, until } from './server.js';

describe('the connection of a page', () => {
  let server: LabbookServer;

  beforeEach(async () => {
    server = await new LabbookServer().start();
  });

  afterEach(() => server.stop());

  function settings(): ServerConnection.ISettings {
    return ServerConnection.makeSettings({
      baseUrl: server.root.replace('jupyter-labbook/api/', ''),
      token: 'secret',
      fetch
    });
  }

  it('asks as Jupyter does, with its token', async () => {
    server.routes.set('GET labbook', () => [200, { labbook: 'a/labbook' }]);
    const { api } = hubFor(settings(), english);
    expect(await api.labbook('a b/n.ipynb')).toBe('a/labbook');
    const asked = server.of('labbook')[0]!;
    expect(asked.authorization).toBe('token secret');
    expect(asked.query.get('near')).toBe('a b/n.ipynb');
    expect(api.metricsFile({ labbook: 'l', experiment: 'e' }, '001')).toBe(
      `${server.root}experiments/e/runs/001/metrics.csv?labbook=l`
    );
  });

  it('is one for all plugins, and follows', async () => {
    const same = settings();
    const hub = hubFor(same, english);
    expect(hubFor(same, english)).toBe(hub);
    const names: string[] = [];
    const seat = hub.join('labbook', {
      change: ({ experiments }) => names.push(...experiments.keys())
    });
    await until(() => expect(seat.freshness.contact).toBe('live'));
    server.change('0001-a', 'view');
    await until(() => expect(names).toEqual(['0001-a']));
    seat.leave();
    await server.stop();
  });

  it('says what its neighbours keep from working, once in a session', async () => {
    const notes = ['Widgets do not work.', 'Nor do <b>others</b>.'];
    server.routes.set('GET about', () => [200, { notes }]);
    const { api } = hubFor(settings(), english);
    const store = browserStore(() => sessionStorage);
    const told: string[] = [];
    const tell = (note: string): number => told.push(note);
    await tellNotes(api, store, tell);
    expect(told).toEqual(notes);
    notes.push('A new one.');
    await tellNotes(
      api,
      browserStore(() => sessionStorage),
      tell
    );
    expect(told).toEqual(notes);
    sessionStorage.clear();
  });

  it('says nothing of its neighbours where the server does not', async () => {
    server.routes.set('GET about', () => [404, 'Not here']);
    const { api } = hubFor(settings(), english);
    const tell = vi.fn();
    await tellNotes(
      api,
      browserStore(() => sessionStorage),
      tell
    );
    expect(server.of('about')).toHaveLength(1);
    expect(tell).not.toHaveBeenCalled();
  });

  it.each([
    ['a/n.ipynb', 'a/n.ipynb'],
    ['RTC:a/n.ipynb', 'a/n.ipynb'],
    ['s3:a/n.ipynb', ''],
    [undefined, '']
  ])('knows where %s is on the server', (path, expected) => {
    const contents = {
      driveName: (of: string) => (of.includes(':') ? of.split(':')[0]! : ''),
      localPath: (of: string) => of.split(':').at(-1)!
    };
    expect(serverPath(path, contents)).toBe(expected);
  });
});

describe('a page', () => {
  it('tells when it is seen, when it is hidden, and when the network is back', () => {
    let state = 'hidden';
    const spy = vi
      .spyOn(document, 'visibilityState', 'get')
      .mockImplementation(() => state as DocumentVisibilityState);
    const page = browserPage(document, window);
    let wakes = 0;
    const leave = page.onWake(() => (wakes += 1));
    const turn = (): boolean =>
      document.dispatchEvent(new Event('visibilitychange'));
    expect(page.hidden).toBe(true);
    turn();
    expect(wakes).toBe(0);
    state = 'visible';
    turn();
    expect([page.hidden, wakes]).toEqual([false, 1]);
    window.dispatchEvent(new Event('online'));
    expect(wakes).toBe(2);
    leave();
    turn();
    window.dispatchEvent(new Event('online'));
    expect(wakes).toBe(2);
    let hides = 0;
    const stay = page.onHide(() => (hides += 1));
    turn();
    expect(hides).toBe(0);
    state = 'hidden';
    turn();
    expect([page.hidden, hides]).toEqual([true, 1]);
    stay();
    turn();
    expect(hides).toBe(1);
    spy.mockRestore();
  });
});

/** Locks of a browser, as far as we use them. */
class Locks {
  private readonly _held = new Set<string>();

  request = async (
    name: string,
    { ifAvailable }: LockOptions,
    use: LockGrantedCallback<unknown>
  ): Promise<unknown> => {
    await Promise.resolve();
    expect(ifAvailable).toBe(true);
    if (this._held.has(name)) {
      return use(null);
    }
    this._held.add(name);
    try {
      return await use({ name, mode: 'exclusive' });
    } finally {
      this._held.delete(name);
    }
  };
}

describe('streams that stay open', () => {
  it('are three, over all pages of a browser', async () => {
    const locks = new Locks() as unknown as Pick<LockManager, 'request'>;
    const [one, other] = [fewStreams(locks), fewStreams(locks)];
    const taken = [await one(), await one(), await other()];
    expect(taken.every(Boolean)).toBe(true);
    expect([await one(), await other()]).toEqual([null, null]);
    taken[1]!();
    await until(async () => expect(await other()).not.toBeNull());
    expect(await one()).toBeNull();
  });

  it.each([
    ['has no locks', undefined],
    [
      'forbids locks',
      { request: () => Promise.reject(new DOMException('', 'SecurityError')) }
    ]
  ])('are one a page where the browser %s', async (_, locks) => {
    const [one, other] = [fewStreams(locks), fewStreams(locks)];
    const release = await one();
    expect(release).not.toBeNull();
    expect(await one()).toBeNull();
    expect(await other()).not.toBeNull();
    release!();
    release!();
    expect(await one()).not.toBeNull();
    expect(await one()).toBeNull();
  });
});

describe('what the browser keeps', () => {
  it('is found again, under a name of our own', () => {
    const store = browserStore(() => localStorage);
    store.set('draft', 'It helps.');
    expect(browserStore(() => localStorage).get('draft')).toBe('It helps.');
    expect(localStorage.getItem('jupyter-labbook:draft')).toBe('It helps.');
    store.set('draft', null);
    expect(store.get('draft')).toBeNull();
    expect(localStorage).toHaveLength(0);
  });

  it('lasts as long as the page where the browser keeps nothing', () => {
    const store = browserStore(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    store.set('draft', 'It helps.');
    expect(store.get('draft')).toBe('It helps.');
    store.set('draft', null);
    expect(store.get('draft')).toBeNull();
  });
});
