import { Listeners } from '../listeners.js';
import type { PlanChange, PlanSource, PlanState } from '../plan.js';
import { uuid } from '../uuid.js';
import { ApiError, UNCHANGED } from './api.js';
import type { Hub, Seat } from './hub.js';
import { backoff } from './pace.js';
import { readPlan, type Plan } from './reading.js';
import { Refresher } from './refresher.js';

/** How often a change is sent before its author is told that it was not stored. */
const TRIES = 6;

/** Failures after which nobody knows whether the change was stored. */
const UNSURE: readonly string[] = ['network', 'slow', 'failed'];

/** The plan of a labbook, as the server reads and writes its file. */
export class RestPlanSource implements PlanSource {
  readonly slow: string;

  constructor(
    private readonly _hub: Hub,
    readonly labbook: string
  ) {
    this.slow = _hub.api.words.__(
      'The server is slow; stored when it answers.'
    );
    this._fetch = new Refresher(_hub.pace, this._fetchPlan, this._onFailure);
    this._seat = _hub.join(labbook, {
      change: ({ plan }) => {
        if (plan !== null && plan !== this._plan.version) {
          this._fetch.ask();
        }
      },
      reset: () => this._fetch.ask(),
      freshness: () => this._tell()
    });
    this._fetch.allow(true);
    this._fetch.ask();
  }

  get state(): PlanState {
    const { lists, path, problem } = this._plan;
    const { contact } = this._seat.freshness;
    return {
      lists,
      path,
      problem: this._problem || problem,
      live: contact === 'live' || contact === 'polling'
    };
  }

  subscribe(listener: () => void): () => void {
    return this._listeners.add(listener);
  }

  async apply(change: PlanChange): Promise<void> {
    const id = uuid();
    for (let tries = 1; ; tries++) {
      try {
        const { api } = this._hub;
        const { signal } = this._end;
        this._show(await api.changePlan(this.labbook, id, change, signal));
        return;
      } catch (error) {
        this._end.signal.throwIfAborted();
        if (!(error instanceof ApiError)) {
          throw error;
        }
        if (error.reason === 'conflict') {
          this._showConflict(error);
          throw error;
        }
        if (!UNSURE.includes(error.reason) || tries >= TRIES) {
          // Stored all the same, if only the answers were lost.
          this._fetch.ask();
          throw error;
        }
        await pause(backoff(tries, this._hub.pace));
      }
    }
  }

  /** Nothing is fetched for a list that nobody sees. */
  setVisible(visible: boolean): void {
    this._fetch.allow(visible);
  }

  dispose(): void {
    this._end.abort(
      new Error(this._hub.api.words.__('The plan was closed before an answer.'))
    );
    this._fetch.dispose();
    this._seat.leave();
    this._listeners.clear();
  }

  private _fetchPlan = async (signal: AbortSignal): Promise<boolean> => {
    const changes = this._changes;
    const { api } = this._hub;
    const answer = await api.plan(this.labbook, this._etag, signal);
    if (changes !== this._changes) {
      // What was read may be older than what has been stored meanwhile.
      return true;
    }
    this._problem = '';
    if (answer === UNCHANGED) {
      this._tell();
    } else {
      this._etag = answer.etag;
      this._plan = answer.value;
      this._tell();
    }
    return false;
  };

  private _show(plan: Plan): void {
    this._changes += 1;
    this._plan = plan;
    this._etag = '';
    this._problem = '';
    this._tell();
  }

  private _showConflict(error: ApiError): void {
    const plan = readPlan(error.body.plan);
    if (plan.version) {
      this._show(plan);
    } else {
      this._fetch.ask();
    }
  }

  private _onFailure = (error: ApiError): void => {
    if (error.message !== this._problem) {
      this._problem = error.message;
      this._tell();
    }
  };

  private _tell(): void {
    this._listeners.tell();
  }

  private readonly _fetch: Refresher;
  private readonly _seat: Seat;
  private readonly _end = new AbortController();
  private readonly _listeners = new Listeners();
  private _plan: Plan = { version: '', path: '', problem: '', lists: [] };
  private _problem = '';
  private _etag = '';
  /** Answered changes; a fetch that one has overtaken is not shown. */
  private _changes = 0;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}
