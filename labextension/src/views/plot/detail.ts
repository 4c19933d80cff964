import type { Axis, Line, Range } from '../../data/lines.js';
import type { PlotHost } from './host.js';
import { lineKey, spliced } from './splice.js';

/** A window is asked for when it has stood still for so long, in ms. */
const SETTLED = 150;

/** Requests under way at once: runs by time are asked for one by one. */
const AT_ONCE = 3;

/** More of the lines for the part that is looked at, once it has come. */
export class Detail {
  /** `arrived` is called when `refined` would answer something better. */
  constructor(host: PlotHost, arrived: () => void) {
    this._host = host;
    this._arrived = arrived;
  }

  /** Ask for ranges; what was asked for before is not waited for any longer. */
  want(ranges: readonly Range[]): void {
    this._stop();
    if (!ranges.length) {
      return;
    }
    const turn = new AbortController();
    this._turn = turn;
    this._timer = setTimeout(() => void this._fetch(ranges, turn), SETTLED);
  }

  /** Everything is looked at again: the coarse lines are enough. */
  forget(): void {
    this._stop();
    this._lines.clear();
    this._refused = false;
  }

  /** A line with the detail that is known of it. */
  refined(line: Line, by: Axis): Line {
    const detail = this._lines.get(lineKey(line));
    return detail ? spliced(line, detail, by) : line;
  }

  /** Whether detail was asked for and has not come yet. */
  get waiting(): boolean {
    return this._turn !== null;
  }

  private _stop(): void {
    clearTimeout(this._timer);
    this._turn?.abort();
    this._turn = null;
  }

  private async _fetch(
    ranges: readonly Range[],
    turn: AbortController
  ): Promise<void> {
    const left = [...ranges];
    const next = async (): Promise<void> => {
      for (let range = left.shift(); range; range = left.shift()) {
        const lines = await this._host.range(range, turn.signal);
        if (turn.signal.aborted) {
          return;
        }
        for (const line of lines) {
          this._lines.set(lineKey(line), line);
        }
        this._arrived();
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, next));
    } catch {
      if (!turn.signal.aborted && !this._refused) {
        this._refused = true;
        const { words } = this._host;
        this._host.say(
          words.__(
            'More detail cannot be read now; zoom again to try once more.'
          )
        );
      }
    }
    if (this._turn === turn) {
      this._turn = null;
      this._arrived();
    }
  }

  private _host: PlotHost;
  private _arrived: () => void;
  private _lines = new Map<string, Line>();
  private _turn: AbortController | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _refused = false;
}
