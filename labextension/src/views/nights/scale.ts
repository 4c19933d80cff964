/** Where moments of the hours to come are, as parts of the whole. */

import type { Queue } from '../../data/queue.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SHORTEST = 10 * MINUTE;
const LONGEST = 36 * HOUR;
const STEPS = [1, 2, 3, 6, 12];

export interface Span {
  /** From 0 to 1. */
  from: number;
  to: number;
}

export interface Tick {
  at: number;
  label: string;
}

/** The hours from now until the last run ends or the window closes. */
export class Scale {
  constructor(queue: Queue) {
    this._begin = Date.parse(queue.moment);
    const ends = queue.entries
      .flatMap(({ begins, ends }) => [begins, ends])
      .concat(queue.entries.length ? queue.closes : '')
      .map(moment => Date.parse(moment))
      .filter(moment => moment > this._begin);
    const last = Math.max(this._begin, ...ends);
    const length = Math.min(LONGEST, Math.max(SHORTEST, last - this._begin));
    this._end = this._begin + length;
    this._zone = zoneOf(queue.moment);
  }

  /** The part between two moments; without an end it goes on; null: outside. */
  span(begins: string, ends: string): Span | null {
    const begin = Date.parse(begins);
    if (Number.isNaN(begin) || begin >= this._end) {
      return null;
    }
    const end = Date.parse(ends);
    const to = Number.isNaN(end) ? 1 : this._place(end);
    const from = this._place(begin);
    return to < from || (to === 0 && from === 0 && end < this._begin)
      ? null
      : { from, to };
  }

  /** Full hours, no more than there is room for. */
  ticks(most: number): Tick[] {
    const hours = (this._end - this._begin) / HOUR;
    const step = STEPS.find(each => hours / each <= most) ?? STEPS.at(-1)!;
    const found: Tick[] = [];
    const local = this._begin + this._zone;
    let hour = Math.floor(local / HOUR) * HOUR + HOUR;
    for (; hour - this._zone <= this._end; hour += HOUR) {
      const name = Math.round(hour / HOUR) % 24;
      if (name % step === 0) {
        const label = `${String(name).padStart(2, '0')}:00`;
        found.push({ at: this._place(hour - this._zone), label });
      }
    }
    return found;
  }

  private _place(moment: number): number {
    const part = (moment - this._begin) / (this._end - this._begin);
    return Math.min(1, Math.max(0, part));
  }

  private readonly _begin: number;
  private readonly _end: number;
  private readonly _zone: number;
}

/** Milliseconds by which the clock of a moment's zone is ahead of UTC. */
export function zoneOf(moment: string): number {
  const [, sign, hours, minutes] =
    /([+-])(\d\d):(\d\d)(?::\d\d)?$/.exec(moment) ?? [];
  const ahead = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE;
  return sign === '-' ? -ahead : ahead;
}
