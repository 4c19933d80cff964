/** Asking for the lines of many experiments in one request. */

import type { Api } from './api.js';
import type { Place } from './reading.js';
import type { Series } from './series.js';

/** As many as the server reads for one request. */
const MOST = 16;

interface Wish {
  place: Place;
  points: number;
  since: string;
  signal: AbortSignal;
  resolve: (series: Series) => void;
  reject: (error: unknown) => void;
}

/** What is wished for in one moment is asked for together, each labbook apart. */
export class Together {
  constructor(private readonly _api: Api) {}

  /** Lines of one experiment: all, or what was added since a cursor. */
  series(
    place: Place,
    points: number,
    since: string,
    signal: AbortSignal
  ): Promise<Series> {
    return new Promise((resolve, reject) => {
      const wishes = this._wishes.get(place.labbook);
      const wish = { place, points, since, signal, resolve, reject };
      if (wishes) {
        wishes.push(wish);
      } else {
        this._wishes.set(place.labbook, [wish]);
        setTimeout(() => this._ask(place.labbook));
      }
    });
  }

  private _ask(labbook: string): void {
    const wishes = this._wishes.get(labbook) ?? [];
    this._wishes.delete(labbook);
    for (let at = 0; at < wishes.length; at += MOST) {
      void this._fetch(labbook, wishes.slice(at, at + MOST));
    }
  }

  private async _fetch(labbook: string, wishes: Wish[]): Promise<void> {
    let left = wishes;
    while (left.length) {
      left = left.filter(({ signal, reject }) => {
        if (signal.aborted) {
          reject(signal.reason);
        }
        return !signal.aborted;
      });
      const [only, ...others] = left;
      if (only && !others.length) {
        const { place, points, since, signal, resolve, reject } = only;
        return this._api
          .series(place, points, since, signal)
          .then(resolve, reject);
      }
      left = await this._several(labbook, left);
    }
  }

  /** Those that the server had no time for. */
  private async _several(labbook: string, wishes: Wish[]): Promise<Wish[]> {
    try {
      const found = await this._api.seriesTogether(
        labbook,
        wishes.map(({ place, points, since }) => ({
          experiment: place.experiment,
          points,
          since
        }))
      );
      return wishes.filter(({ resolve, reject }, at) => {
        const series = found[at];
        if (series instanceof Error) {
          reject(series);
        } else if (series) {
          resolve(series);
        }
        return !series;
      });
    } catch (error) {
      wishes.forEach(({ reject }) => reject(error));
      return [];
    }
  }

  private readonly _wishes = new Map<string, Wish[]>();
}
