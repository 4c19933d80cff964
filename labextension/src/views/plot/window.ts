/** The part of x that is looked at. */

import type { Span } from './axes.js';

/** How far a place may be enlarged: beyond it numbers have no more digits. */
const MOST_ENLARGED = 1e9;

/** Enlarge (factor below 1) or shrink around a place that stays where it is. */
export function scaled(
  shown: Span,
  about: number,
  factor: number,
  log: boolean
): Span {
  return inSpace(shown, log, ([low, high]) => {
    const centre = log ? Math.log10(about) : about;
    return [
      centre - (centre - low) * factor,
      centre + (high - centre) * factor
    ];
  });
}

/** Move by a share of what is shown. */
export function shifted(shown: Span, share: number, log: boolean): Span {
  return inSpace(shown, log, ([low, high]) => {
    const by = share * (high - low);
    return [low + by, high + by];
  });
}

/** Keep a window inside of what there is; null where it shows everything. */
export function within(shown: Span, whole: Span, log: boolean): Span | null {
  const [low, high] = toSpace(whole, log);
  let [from, to] = toSpace(shown, log);
  if (!(to - from < (high - low) * (1 - 1e-9))) {
    return null;
  }
  const least = (high - low) / MOST_ENLARGED;
  if (to - from < least) {
    const middle = (from + to) / 2;
    [from, to] = [middle - least / 2, middle + least / 2];
  }
  const back = Math.max(0, low - from) - Math.max(0, to - high);
  return fromSpace([from + back, to + back], log);
}

function inSpace(span: Span, log: boolean, change: (span: Span) => Span): Span {
  return fromSpace(change(toSpace(span, log)), log);
}

function toSpace([low, high]: Span, log: boolean): Span {
  return log ? [Math.log10(low), Math.log10(high)] : [low, high];
}

function fromSpace([low, high]: Span, log: boolean): Span {
  return log ? [10 ** low, 10 ** high] : [low, high];
}
