/** Which ends of runs are worth a notice: a sweep of 100 gives one, not 100. */

import type { Ended } from './labbook.js';
import type { Outcome } from './run.js';

/** At most one notice of failures for an experiment in so many milliseconds. */
const FAILURES_EVERY = 60_000;

const FAILED: readonly string[] = ['failed', 'lost'];

/** Experiments whose counts are kept at the same time. */
const REMEMBERED = 200;

export interface Notice {
  ended: Ended;
  kind: 'success' | 'error' | 'info';
  /** Verdicts without those that are pending; empty before the last run. */
  verdicts: Outcome[];
  /** How many of its runs failed while this page was open. */
  failed: number;
}

/** Sums up the ends of runs. */
export class Endings {
  constructor(
    private _tell: (notice: Notice) => void,
    private _now: () => number = Date.now
  ) {}

  add(ended: Ended): void {
    const seen = this._seen(ended.experiment);
    const failed = FAILED.includes(ended.state);
    seen.failed += failed ? 1 : 0;
    const verdicts = ended.verdicts.filter(each => each !== 'pending');
    if (ended.last) {
      this._experiments.delete(ended.experiment);
      const kind = seen.failed
        ? 'error'
        : ended.state === 'finished'
          ? 'success'
          : 'info';
      this._tell({ ended, kind, verdicts, failed: seen.failed });
    } else if (failed && this._now() - seen.told >= FAILURES_EVERY) {
      seen.told = this._now();
      this._tell({ ended, kind: 'error', verdicts: [], failed: seen.failed });
    }
  }

  private _seen(experiment: string): { failed: number; told: number } {
    const seen = this._experiments.get(experiment) ?? {
      failed: 0,
      told: -Infinity
    };
    this._experiments.delete(experiment);
    this._experiments.set(experiment, seen);
    if (this._experiments.size > REMEMBERED) {
      this._experiments.delete(this._experiments.keys().next().value!);
    }
    return seen;
  }

  private _experiments = new Map<string, { failed: number; told: number }>();
}
