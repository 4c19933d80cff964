/** One connection for each labbook, however many views look at it. */

import type { Freshness } from '../freshness.js';
import { counts, record } from '../json.js';
import type { Ended, Looked } from '../labbook.js';
import { Listeners } from '../listeners.js';
import type { Api } from './api.js';
import { usual, type Pace } from './pace.js';
import { shownPage, type Page } from './page.js';
import { readChange, readEnded, readLooked, type Change } from './reading.js';
import { Following } from './stream.js';
import { Together } from './together.js';

/** What a view may want to hear of its labbook. */
export interface Listener {
  change?(change: Change): void;
  ended?(ended: Ended): void;
  looked?(looked: Looked): void;
  /** Something may have been missed: look at everything again. */
  reset?(): void;
  counts?(counts: Record<string, number>): void;
  freshness?(): void;
}

/** A place at the connection of a labbook. */
export interface Seat {
  readonly freshness: Freshness;
  /** Runs in each state; null before the first answer. */
  readonly counts: Record<string, number> | null;
  leave(): void;
}

/** The connections of a page. */
export class Hub {
  readonly pace: Pace;
  readonly together: Together;

  constructor(
    readonly api: Api,
    { page = shownPage, pace = {} }: { page?: Page; pace?: Partial<Pace> } = {}
  ) {
    this.together = new Together(api);
    this._page = page;
    this.pace = { ...usual, ...pace };
  }

  /** Hear of what happens in a labbook until the seat is left. */
  join(labbook: string, listener: Listener): Seat {
    let line = this._open.get(labbook);
    if (!line) {
      line = new SharedLine(this.api, labbook, this._page, this.pace, () =>
        this._open.delete(labbook)
      );
      this._open.set(labbook, line);
      this._openListeners.tell();
    }
    return line.join(listener);
  }

  /** Hear that a labbook is looked at which was not before. */
  onOpen(listener: () => void): () => void {
    return this._openListeners.add(listener);
  }

  /** How many connections are open. */
  get size(): number {
    return this._open.size;
  }

  private readonly _page: Page;
  private readonly _open = new Map<string, SharedLine>();
  private readonly _openListeners = new Listeners();
}

class SharedLine {
  constructor(
    api: Api,
    labbook: string,
    page: Page,
    private readonly _pace: Pace,
    private readonly _closed: () => void
  ) {
    this._following = new Following(api, labbook, page, _pace, {
      event: (name, data) => this._event(name, data),
      counts: counts => this._count(counts),
      reset: () => this._tell(listener => listener.reset?.()),
      contact: () => this._tell(listener => listener.freshness?.())
    });
  }

  join(listener: Listener): Seat {
    clearTimeout(this._linger);
    this._listeners.add(listener);
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- getters below
    const line = this;
    return {
      get freshness() {
        return line._following.freshness;
      },
      get counts() {
        return line._counts;
      },
      leave: () => this._leave(listener)
    };
  }

  private _leave(listener: Listener): void {
    if (this._listeners.delete(listener) && !this._listeners.size) {
      this._linger = setTimeout(() => {
        this._following.stop();
        this._closed();
      }, this._pace.linger);
    }
  }

  private _event(name: string, data: unknown): void {
    if (name === 'change') {
      const change = readChange(data);
      const told = record(data).counts;
      if (told !== undefined) {
        this._count(counts(told));
      }
      this._tell(listener => listener.change?.(change));
    } else if (name === 'ended') {
      const ended = readEnded(data);
      this._tell(listener => listener.ended?.(ended));
    } else if (name === 'checked') {
      const looked = readLooked(data);
      this._tell(listener => listener.looked?.(looked));
    }
  }

  private _count(told: Record<string, number>): void {
    this._counts = told;
    this._tell(listener => listener.counts?.(told));
  }

  private _tell(what: (listener: Listener) => void): void {
    for (const listener of [...this._listeners]) {
      try {
        what(listener);
      } catch (error) {
        // One view must not keep the others from hearing.
        console.error(error);
      }
    }
  }

  private readonly _following: Following;
  private readonly _listeners = new Set<Listener>();
  private _counts: Record<string, number> | null = null;
  private _linger: ReturnType<typeof setTimeout> | undefined;
}
