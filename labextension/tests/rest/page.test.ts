import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ServerConnection } from '@jupyterlab/services';
import { english } from '../../src/data/words.js';
import { hubFor, serverPath } from '../../src/plugin/connection.js';
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
  it('wakes when it is seen again and when the network is back', () => {
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
    spy.mockRestore();
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
