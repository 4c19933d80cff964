import { Listeners } from '../listeners.js';
import type {
  Evening,
  Preflight,
  Queue,
  QueueChange,
  QueueEntry,
  QueueSource
} from '../queue.js';
import { ApiError, UNCHANGED } from './api.js';
import type { Hub, Seat } from './hub.js';
import {
  beginPreflight,
  changeQueue,
  fetchEvening,
  fetchPreflight,
  fetchQueue,
  mend,
  readQueue
} from './nights.js';
import { Refresher } from './refresher.js';

/** Beats of the pace after which the hours to come are foreseen anew. */
const AGAIN = 5;

/** The queue of a labbook, as the server foresees it. */
export class RestQueueSource implements QueueSource {
  queue: Queue | null = null;
  preflight: Preflight | null = null;
  problem = '';

  constructor(
    private readonly _hub: Hub,
    readonly labbook: string
  ) {
    const { pace } = _hub;
    this._queue = new Refresher(pace, this._fetchQueue, this._onFailure);
    this._found = new Refresher(pace, this._fetchFound, this._onFailure);
    this._seat = _hub.join(labbook, {
      change: ({ overview }) => overview && this._ask(),
      reset: () => this._ask(),
      counts: counts => this._count(counts)
    });
    // The status bar says when the window opens, looked at or not.
    this._queue.allow(true);
    this._ask();
  }

  subscribe(listener: () => void): () => void {
    return this._listeners.add(listener);
  }

  setVisible(visible: boolean): void {
    if (visible === this._visible) {
      return;
    }
    this._visible = visible;
    this._found.allow(visible);
    clearTimeout(this._timer);
    if (visible) {
      this._ask();
      this._later();
    }
  }

  async change(change: QueueChange): Promise<void> {
    this._changes += 1;
    try {
      this._show(await changeQueue(this._hub.api, this.labbook, change));
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'conflict') {
        this._show(readQueue(error.body.queue));
      }
      throw error;
    } finally {
      this._ask();
    }
  }

  async stop({ experiment, run }: QueueEntry): Promise<void> {
    const { labbook } = this;
    await this._hub.api.stop({ labbook, experiment }, [run]);
    this._ask();
  }

  async check(subject: string): Promise<void> {
    this.preflight = await beginPreflight(this._hub.api, this.labbook, subject);
    this._etags.found = '';
    this._tell();
    this._found.ask();
  }

  async mend(verb: string): Promise<string> {
    const done = await mend(this._hub.api, this.labbook, verb);
    this.preflight = done.preflight;
    this._etags.found = '';
    this._tell();
    this._ask();
    return done.told;
  }

  evening(): Promise<Evening> {
    return fetchEvening(this._hub.api, this.labbook);
  }

  dispose(): void {
    clearTimeout(this._timer);
    clearTimeout(this._looking);
    this._queue.dispose();
    this._found.dispose();
    this._seat.leave();
    this._listeners.clear();
  }

  private _ask(): void {
    this._queue.ask();
    this._found.ask();
  }

  /** What is foreseen moves with the clock, and a command may have changed it. */
  private _later(): void {
    this._timer = setTimeout(() => {
      this._ask();
      this._later();
    }, this._hub.pace.poll * AGAIN);
  }

  private _count(counts: Record<string, number>): void {
    const stamp = JSON.stringify(counts);
    if (stamp !== this._counts) {
      this._counts = stamp;
      this._ask();
    }
  }

  private _fetchQueue = async (signal: AbortSignal): Promise<boolean> => {
    const changes = this._changes;
    const { api } = this._hub;
    const answer = await fetchQueue(
      api,
      this.labbook,
      this._etags.queue,
      signal
    );
    if (changes !== this._changes) {
      // What was read may be older than what has been stored meanwhile.
      return true;
    }
    if (answer !== UNCHANGED) {
      this._etags.queue = answer.etag;
      this.queue = answer.value;
    }
    if (answer !== UNCHANGED || this.problem) {
      this.problem = '';
      this._tell();
    }
    return false;
  };

  private _fetchFound = async (signal: AbortSignal): Promise<boolean> => {
    const { api } = this._hub;
    const known = this._etags.found;
    const answer = await fetchPreflight(api, this.labbook, known, signal);
    if (answer !== UNCHANGED) {
      this._etags.found = answer.etag;
      this.preflight = answer.value;
      this._tell();
    }
    clearTimeout(this._looking);
    if (this.preflight?.underway) {
      const soon = this._hub.pace.poll / 2;
      this._looking = setTimeout(() => this._found.ask(), soon);
    }
    return false;
  };

  private _show(queue: Queue): void {
    this._changes += 1;
    this._etags.queue = '';
    this.queue = queue;
    this.problem = '';
    this._tell();
  }

  private _onFailure = (error: ApiError): void => {
    if (error.message !== this.problem) {
      this.problem = error.message;
      this._tell();
    }
  };

  private _tell(): void {
    this._listeners.tell();
  }

  private readonly _queue: Refresher;
  private readonly _found: Refresher;
  private readonly _seat: Seat;
  private readonly _listeners = new Listeners();
  private readonly _etags = { queue: '', found: '' };
  /** Answered wishes; a fetch that one has overtaken is not shown. */
  private _changes = 0;
  private _visible = false;
  private _counts = '';
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _looking: ReturnType<typeof setTimeout> | undefined;
}
