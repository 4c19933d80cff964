/** Fetching one thing again and again, never twice at once and not too often. */

import { ApiError, pauseAfter } from './call.js';
import type { Pace } from './pace.js';

/**
 * Runs a task each time it is due, unless nobody looks.
 *
 * @param task - resolves to whether there is more to be had at once.
 * @param failed - told of each failure; the task is tried again by itself.
 */
export class Refresher {
  constructor(
    private readonly _pace: Pace,
    private readonly _task: (signal: AbortSignal) => Promise<boolean>,
    private readonly _failed: (error: ApiError) => void
  ) {}

  /** Whether something is to be fetched that has not come yet. */
  get owed(): boolean {
    return this._owed || this._running;
  }

  /** Do the task soon; `hurry`: even if it has just failed. */
  ask(hurry = true): void {
    this._owed = true;
    if (this._failures && hurry) {
      this._failures = 0;
      clearTimeout(this._timer);
      this._timer = undefined;
    }
    this._plan();
  }

  /** Whether the task may run now; what was asked for meanwhile is not lost. */
  allow(allowed: boolean): void {
    this._allowed = allowed;
    if (allowed) {
      this._plan();
    } else {
      clearTimeout(this._timer);
      this._timer = undefined;
    }
  }

  dispose(): void {
    this.allow(false);
    this._end.abort();
  }

  private _plan(): void {
    if (!this._owed || !this._allowed || this._running || this._timer) {
      return;
    }
    const pause = this._failures
      ? this._pause
      : this._more
        ? 0
        : Math.max(0, this._due - Date.now());
    this._timer = setTimeout(() => void this._run(), pause);
  }

  /** A beat that all share: what many of them want can be asked for together. */
  private get _due(): number {
    const beat = this._pace.refetch;
    return Math.round((this._last + beat) / beat) * beat;
  }

  private async _run(): Promise<void> {
    this._timer = undefined;
    this._owed = false;
    this._running = true;
    this._last = Date.now();
    try {
      this._more = await this._task(this._end.signal);
      this._owed = this._more || this._owed;
      this._failures = 0;
    } catch (error) {
      if (this._end.signal.aborted) {
        return;
      }
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this._owed = true;
      this._pause = pauseAfter(error, this._failures++, this._pace);
      this._failed(error);
    } finally {
      this._running = false;
    }
    this._plan();
  }

  private _allowed = false;
  private _owed = false;
  private _running = false;
  /** Whether the last answer said that there is more to be had. */
  private _more = false;
  private _failures = 0;
  private _pause = 0;
  private _last = 0;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private readonly _end = new AbortController();
}
