/** What the lines say at a place on x. */

import type { Words } from '../../data/words.js';
import { number } from '../text.js';
import { elapsed, type Span } from './axes.js';
import { nearest } from './curve.js';
import type { Mark } from './marks.js';
import { onAxis, type PanelPicture, type Picture } from './picture.js';

export interface Reading {
  mark: Mark;
  x: number;
  y: number;
  /** Half the height of the band there; null without one. */
  deviation: number | null;
}

/** A line counts where it is, and this share of the width beyond its ends. */
const BEYOND = 0.015;

/** Values at a place, the topmost first. */
export function readings(
  { marks, own }: PanelPicture,
  at: number,
  [from, to]: Span
): Reading[] {
  const beyond = (to - from) * BEYOND;
  const found: Reading[] = [];
  for (const mark of marks) {
    const { x, y } = mark.curve;
    const index = mark.faint ? -1 : nearest(mark.curve, at);
    const inside =
      at >= (x[0] ?? NaN) - beyond && at <= (x.at(-1) ?? NaN) + beyond;
    if (index >= 0 && inside) {
      const { band } = mark;
      found.push({
        mark,
        x: x[index]!,
        y: y[index]!,
        deviation: band && (band.high[index]! - band.low[index]!) / 2
      });
    }
  }
  const height = ({ mark, y }: Reading): number =>
    onAxis({ own }, mark.metric, y);
  return found.sort((a, b) => height(b) - height(a));
}

/** The place that the nearest value was logged at. */
export function placeOf(found: readonly Reading[], at: number): number {
  return found.reduce(
    (best, { x }) => (Math.abs(x - at) < Math.abs(best - at) ? x : best),
    found[0]?.x ?? at
  );
}

/** A place on x in words, such as `step 120` or `after 2 min 3 s`. */
export function placeWords(
  xName: Picture['xName'],
  at: number,
  words: Words
): string {
  if (xName === 'time') {
    return words.__('after %1', elapsed(at));
  }
  const written = Number(at.toPrecision(9)).toLocaleString('en-US');
  return xName === 'step'
    ? words.__('step %1', written)
    : words.__('row %1', written);
}

export function valueWords({ y, deviation }: Reading): string {
  return deviation === null ? number(y) : `${number(y)} ± ${brief(deviation)}`;
}

function brief(value: number): string {
  return String(Number(value.toPrecision(2)));
}

/** What a value belongs to, where it needs saying. */
export function nameOf(
  mark: Mark,
  { groups, panels }: Picture,
  lone = false
): string {
  const parts: string[] = [];
  if (panels[0] && panels[0].metrics.length > 1) {
    parts.push(mark.metric);
  }
  if (groups.length > 1 || !parts.length || lone) {
    const several = mark.group.runs.length > 1 && mark.run !== null;
    parts.push(mark.group.label + (several ? ` (${mark.run})` : ''));
  }
  return parts.join(' · ');
}
