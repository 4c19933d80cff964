/** What the lines say at a place on x. */

import type { Words } from '../../data/words.js';
import { number } from '../text.js';
import { elapsed, type Span } from './axes.js';
import { nearest } from './curve.js';
import type { Mark } from './marks.js';
import { onAxis, type PanelPicture, type Picture } from './picture.js';

export interface Spread {
  low: number;
  high: number;
  /** Two seeds are both named, of more their standard deviation. */
  both: boolean;
}

export interface Reading {
  mark: Mark;
  x: number;
  y: number;
  /** Values that the seeds lie between or around; null where there is no spread. */
  spread: Spread | null;
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
      found.push({
        mark,
        x: x[index]!,
        y: y[index]!,
        spread: spreadAt(mark, index)
      });
    }
  }
  const height = ({ mark, y }: Reading): number =>
    onAxis({ own }, mark.metric, y);
  return found.sort((a, b) => height(b) - height(a));
}

function spreadAt({ band }: Mark, index: number): Spread | null {
  const [low, high] = [band?.low[index] ?? NaN, band?.high[index] ?? NaN];
  return high > low ? { low, high, both: band?.seeds === 2 } : null;
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

/** A value, and by how much seeds differ there. */
export function valueWords({ y, spread }: Reading, words: Words): string {
  if (!spread) {
    return number(y);
  }
  const { low, high, both } = spread;
  return both
    ? words.__('%1 (%2 and %3)', number(y), number(low), number(high))
    : words.__('%1 (sd %2)', number(y), brief((high - low) / 2));
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
