// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ended } from '../../src/data/labbook.js';
import { Api } from '../../src/data/rest/api.js';
import { Hub, type Seat } from '../../src/data/rest/hub.js';
import type { Pace } from '../../src/data/rest/pace.js';
import type { Page } from '../../src/data/rest/page.js';
import type { Change } from '../../src/data/rest/reading.js';
import { fast, LabbookServer, until } from './server.js';

let server: LabbookServer;
let page: TestPage;
const seats: Seat[] = [];

/** A page that is hidden and seen as a test says. */
class TestPage implements Page {
  hidden = false;
  /** Streams that are left to it. */
  streams = Infinity;

  wake(): void {
    this._wakes.forEach(each => each());
  }

  turn(hidden: boolean): void {
    this.hidden = hidden;
    (hidden ? this._hides : this._wakes).forEach(each => each());
  }

  onWake = (listener: () => void): (() => void) => {
    this._wakes.add(listener);
    return () => this._wakes.delete(listener);
  };

  onHide = (listener: () => void): (() => void) => {
    this._hides.add(listener);
    return () => this._hides.delete(listener);
  };

  takeStream = async (): Promise<(() => void) | null> => {
    await Promise.resolve();
    if (!this.streams) {
      return null;
    }
    this.streams -= 1;
    return () => (this.streams += 1);
  };

  private readonly _wakes = new Set<() => void>();
  private readonly _hides = new Set<() => void>();
}

beforeEach(async () => {
  server = await new LabbookServer().start();
  page = new TestPage();
});

afterEach(async () => {
  seats.splice(0).forEach(seat => seat.leave());
  await server.stop();
});

function hubOf(pace: Partial<Pace> = {}): Hub {
  return new Hub(new Api(server.request), { page, pace: { ...fast, ...pace } });
}

/** A place at the connection, with everything that was told there. */
class Heard {
  readonly changes: Change[] = [];
  readonly ended: Ended[] = [];
  readonly contacts: string[] = [];
  resets = 0;
  counts: Record<string, number> = {};

  constructor(hub = hubOf(), labbook = 'labbook') {
    this.seat = hub.join(labbook, {
      change: change => this.changes.push(change),
      ended: ended => this.ended.push(ended),
      reset: () => (this.resets += 1),
      counts: counts => (this.counts = counts),
      freshness: () => this.contacts.push(this.seat.freshness.contact)
    });
    seats.push(this.seat);
  }

  async contact(wanted: string): Promise<void> {
    await until(() => expect(this.seat.freshness.contact).toBe(wanted));
  }

  async names(...wanted: string[]): Promise<void> {
    await until(() =>
      expect(
        this.changes.flatMap(({ experiments }) => [...experiments.keys()])
      ).toEqual(wanted)
    );
  }

  readonly seat: Seat;
}

describe('the connection of a labbook', () => {
  it('tells what changes as it happens', async () => {
    const heard = new Heard();
    await heard.contact('live');
    expect(heard.resets).toBe(1);
    expect(heard.counts).toEqual({ running: 1 });
    server.tell('change', {
      experiments: { '0007-x': ['view', 'lines'] },
      counts: { running: 2, waiting: 1 },
      overview: true,
      plan: 'p2'
    });
    await heard.names('0007-x');
    expect(heard.changes[0]).toMatchObject({ overview: true, plan: 'p2' });
    expect([...heard.changes[0]!.experiments.get('0007-x')!]).toEqual([
      'view',
      'lines'
    ]);
    expect(heard.seat.counts).toEqual({ running: 2, waiting: 1 });
    expect(heard.seat.freshness.sentence).toBe('');
    expect(heard.seat.freshness.since).toBeInstanceOf(Date);
  });

  it('reads a stream that arrives byte by byte', async () => {
    server.cut = bytes =>
      Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    const heard = new Heard();
    await heard.contact('live');
    server.change('0001-größer🙂', 'view');
    await heard.names('0001-größer🙂');
  });

  it('is one, however many listen, and closes after the last', async () => {
    const hub = hubOf();
    const first = new Heard(hub);
    const second = new Heard(hub);
    await second.contact('live');
    expect(server.of('stream')).toHaveLength(1);
    first.seat.leave();
    server.change('0001-a', 'view');
    await second.names('0001-a');
    expect(first.changes).toEqual([]);
    second.seat.leave();
    await until(() => expect(server.streams.size).toBe(0));
    expect(hub.size).toBe(0);
  });

  it('stays open for somebody who comes back at once', async () => {
    const hub = hubOf();
    const first = new Heard(hub);
    await first.contact('live');
    first.seat.leave();
    const second = new Heard(hub);
    server.change('0001-a', 'view');
    await second.names('0001-a');
    expect(server.of('stream')).toHaveLength(1);
  });

  it('goes on where it was when it was cut', async () => {
    const heard = new Heard();
    await heard.contact('live');
    server.change('0001-a', 'view');
    await heard.names('0001-a');
    await server.stop();
    await heard.contact('stale');
    expect(heard.seat.freshness.sentence).toBe(
      'The Jupyter server cannot be reached.'
    );
    const since = heard.seat.freshness.since!;
    server.change('0002-b', 'view');
    await server.start();
    await heard.contact('live');
    await heard.names('0001-a', '0002-b');
    expect(heard.resets).toBe(1);
    expect(heard.seat.freshness.since!.getTime()).toBeGreaterThanOrEqual(
      since.getTime()
    );
  });

  it('has everything looked at again when the server does not know where it was', async () => {
    const heard = new Heard();
    await heard.contact('live');
    await server.stop();
    server.forget();
    await server.start();
    await until(() => expect(heard.resets).toBe(2));
    server.change('0003-c', 'view');
    await heard.names('0003-c');
  });

  it('opens a stream again that has fallen silent', async () => {
    const heard = new Heard(hubOf({ silence: 400 }));
    await heard.contact('live');
    // Nothing is sent: neither events nor heartbeats.
    await until(() => expect(server.of('stream').length).toBeGreaterThan(1));
    expect(heard.contacts).not.toContain('stale');
    expect(server.of('stream').at(-1)!.query.get('since')).toBe('1.0');
  });

  it('asks for changes where streams are held back, and streams again later', async () => {
    server.collected = true;
    const heard = new Heard(hubOf({ hello: 400 }));
    await heard.contact('polling');
    await until(() => expect(heard.resets).toBeGreaterThan(0));
    // The server never failed, so that nobody is told that it did.
    expect(heard.contacts).not.toContain('stale');
    server.change('0001-a', 'view');
    await heard.names('0001-a');
    server.tell('ended', { experiment: '0001-a', run: '001', last: true });
    await until(() => expect(heard.ended).toHaveLength(1));
    server.collected = false;
    await heard.contact('live');
    server.change('0002-b', 'view');
    await heard.names('0001-a', '0002-b');
    const asked = server.of('changes').length;
    server.change('0003-c', 'view');
    await heard.names('0001-a', '0002-b', '0003-c');
    expect(server.of('changes')).toHaveLength(asked);
  });

  it('asks for changes where streams are cut as soon as they begin', async () => {
    const heard = new Heard(hubOf({ hello: 60_000, restream: 60_000 }));
    await until(() => {
      server.streams.forEach(stream => stream.end());
      expect(server.of('changes').length).toBeGreaterThan(1);
    });
    await heard.contact('polling');
  });

  it('says that a session has ended, and recovers with the next one', async () => {
    server.refuse = 403;
    const heard = new Heard();
    await heard.contact('unauthorized');
    expect(heard.seat.freshness.sentence).toContain('log in again');
    expect(heard.seat.freshness.since).toBeNull();
    server.refuse = 0;
    await heard.contact('live');
  });

  it('says that a labbook is gone, and follows it when it is back', async () => {
    server.routes.set('GET stream', () => [
      404,
      { message: 'No labbook here.', reason: 'no-labbook' }
    ]);
    const heard = new Heard();
    await heard.contact('gone');
    expect(heard.seat.freshness.sentence).toBe('No labbook here.');
    server.routes.clear();
    await heard.contact('live');
  });

  it('says that a labbook goes while it is followed, until it is back', async () => {
    const heard = new Heard();
    await heard.contact('live');
    for (const reason of ['no-labbook', 'gone']) {
      server.tell('trouble', { message: 'It is away.', reason });
      await heard.contact('gone');
      expect(heard.seat.freshness.sentence).toBe('It is away.');
      server.tell('recovered', {});
      await heard.contact('live');
    }
  });

  it('says that the server extension is not enabled', async () => {
    server.routes.set('GET stream', () => [404, { message: 'Not Found' }]);
    const heard = new Heard(hubOf({ retry: 60_000, retryMost: 60_000 }));
    await heard.contact('stale');
    expect(heard.seat.freshness.sentence).toContain('is not enabled');
  });

  it('passes on trouble with the disk, and keeps the time of the last good word', async () => {
    const heard = new Heard();
    await heard.contact('live');
    const before = heard.seat.freshness.since!;
    server.tell('trouble', { message: 'The disk is slow.', reason: 'slow' });
    await heard.contact('stale');
    expect(heard.seat.freshness.sentence).toBe('The disk is slow.');
    server.raw(': beat\n\n');
    server.change('0001-a', 'view');
    await heard.names('0001-a');
    expect(heard.seat.freshness.since!.getTime()).toBeGreaterThanOrEqual(
      before.getTime()
    );
    server.tell('recovered', {});
    await heard.contact('live');
    expect(heard.resets).toBe(2);
  });

  it('is not disturbed by an event that cannot be read', async () => {
    const heard = new Heard();
    await heard.contact('live');
    server.raw('event: change\ndata: {"experiments"\n\n');
    await until(() => expect(heard.resets).toBe(2));
    server.raw('event: change\ndata: null\n\nevent: new\ndata: 1\n\n');
    server.change('0001-a', 'view');
    await heard.names('0001-a');
    expect(server.of('stream')).toHaveLength(1);
  });

  it('goes on telling the others when one listener fails', async () => {
    const hub = hubOf();
    const complaint = vi.spyOn(console, 'error').mockReturnValue();
    seats.push(
      hub.join('labbook', {
        change: () => {
          throw new Error('broken view');
        }
      })
    );
    const heard = new Heard(hub);
    await heard.contact('live');
    server.change('0001-a', 'view');
    await heard.names('0001-a');
    expect(complaint).toHaveBeenCalled();
    complaint.mockRestore();
  });

  it('connects at once when the page wakes', async () => {
    await server.stop();
    const heard = new Heard(hubOf({ retry: 600_000, retryMost: 600_000 }));
    await heard.contact('stale');
    await server.start();
    page.wake();
    await heard.contact('live');
  });

  it('asks less often while the page is hidden', async () => {
    page.turn(true);
    const heard = new Heard(hubOf({ pollHidden: 600_000 }));
    await until(() => expect(heard.resets).toBe(1));
    const asked = server.of('changes').length;
    server.change('0001-a', 'view');
    page.turn(false);
    await heard.contact('live');
    await heard.names('0001-a');
    expect(server.of('changes')).toHaveLength(asked);
  });

  it('leaves its stream to others while the page is hidden, and misses nothing', async () => {
    const heard = new Heard();
    await heard.contact('live');
    server.change('0001-a', 'view');
    await heard.names('0001-a');
    page.turn(true);
    await heard.contact('polling');
    await until(() => expect(server.streams.size).toBe(0));
    server.change('0002-b', 'view');
    await heard.names('0001-a', '0002-b');
    page.turn(false);
    await heard.contact('live');
    server.change('0003-c', 'view');
    await heard.names('0001-a', '0002-b', '0003-c');
    expect(heard.resets).toBe(1);
    expect(heard.contacts).not.toContain('stale');
  });

  it('streams at once again however often the page is hidden', async () => {
    const hello = 600_000; // no stream lasts so long
    const heard = new Heard(hubOf({ hello, restream: 600_000 }));
    for (let time = 0; time < 4; time += 1) {
      await heard.contact('live');
      page.turn(true);
      await heard.contact('polling');
      page.turn(false);
    }
    await heard.contact('live');
  });

  it('opens no stream for a page that is hidden just then', async () => {
    const takes: ((release: () => void) => void)[] = [];
    page.takeStream = () => new Promise(resolve => takes.push(resolve));
    const heard = new Heard();
    await until(() => expect(takes).toHaveLength(1));
    page.turn(true);
    const release = vi.fn();
    takes[0]!(release);
    await until(() => expect(heard.resets).toBe(1));
    expect(release).toHaveBeenCalledOnce();
    expect(server.of('stream')).toEqual([]);
  });

  it('opens no stream for a labbook that nobody looks at any more', async () => {
    const takes: ((release: () => void) => void)[] = [];
    page.takeStream = () => new Promise(resolve => takes.push(resolve));
    const hub = hubOf();
    const heard = new Heard(hub);
    await until(() => expect(takes).toHaveLength(1));
    heard.seat.leave();
    await until(() => expect(hub.size).toBe(0));
    const release = vi.fn();
    takes[0]!(release);
    await until(() => expect(release).toHaveBeenCalledOnce());
    expect(server.of('stream')).toEqual([]);
  });

  it('asks for changes where no stream is left, and streams once one is', async () => {
    page.streams = 1;
    const first = new Heard(hubOf({ silence: 600_000 }));
    await first.contact('live');
    const second = new Heard();
    await until(() => expect(second.resets).toBe(1));
    server.change('0001-a', 'view');
    await second.names('0001-a');
    await until(() => expect(server.of('changes').length).toBeGreaterThan(2));
    expect(server.of('stream')).toHaveLength(1);
    expect(second.contacts).not.toContain('stale');
    first.seat.leave();
    await second.contact('live');
    server.change('0002-b', 'view');
    await second.names('0001-a', '0002-b');
  });
});
