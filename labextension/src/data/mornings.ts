/** When a person is told of a digest: once a day, if there is something in it. */

import type { Digest } from './digest.js';

/** What is remembered on this computer; it may be lost at any time. */
interface Memory {
  get(key: string): string | null;
  set(key: string, value: string | null): void;
}

export class Mornings {
  constructor(
    private readonly _store: Memory,
    private readonly _today: () => string = () => new Date().toDateString()
  ) {
    this._day = _today();
  }

  /** Whether another day has begun since this was asked last. */
  isNewDay(): boolean {
    const today = this._today();
    const is = today !== this._day;
    this._day = today;
    return is;
  }

  /** Whether to tell of it; true but once a day for each labbook. */
  isToTell(labbook: string, { unread }: Digest): boolean {
    const key = `morning:${labbook}`;
    if (!unread || this._store.get(key) === this._today()) {
      return false;
    }
    this._store.set(key, this._today());
    return true;
  }

  private _day: string;
}
