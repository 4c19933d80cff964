/** Levels that predictions name: their lines, and their words beside the ink. */

import type { Ground } from './ground.js';
import { clearSpot, type Box, type Pixel } from './labelSpots.js';
import type { PanelPicture } from './picture.js';

/** Levels of predictions, dashed. */
export function levels(ground: Ground, { thresholds }: PanelPicture): void {
  const { context, box, ratio, theme } = ground;
  context.globalAlpha = 1;
  context.strokeStyle = theme.text;
  context.lineWidth = ratio;
  context.setLineDash([5 * ratio, 4 * ratio]);
  for (const { metric, value } of thresholds) {
    const place = Math.round(ground.y(value, metric)) + 0.5;
    if (place >= box.top && place <= box.top + box.height) {
      context.beginPath();
      context.moveTo(box.left, place);
      context.lineTo(box.left + box.width, place);
      context.stroke();
    }
  }
  context.setLineDash([]);
}

/** The words of the levels, where they hide as little as can be. */
export function levelWords(ground: Ground, picture: PanelPicture): void {
  const { context, box, ratio, theme } = ground;
  if (!picture.thresholds.length) {
    return;
  }
  context.globalAlpha = 1;
  context.fillStyle = theme.text;
  context.strokeStyle = theme.back;
  context.lineJoin = 'round';
  context.font = `${11 * ratio}px ${theme.family}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const ink = inkOf(ground, picture);
  const within = {
    ...box,
    left: box.left + 4 * ratio,
    width: box.width - 8 * ratio
  };
  for (const { metric, value, label } of picture.thresholds) {
    const place = ground.y(value, metric);
    const above = !(place >= box.top);
    const outside = above || !(place <= box.top + box.height);
    const words = outside ? `${above ? '↑' : '↓'} ${label}` : label;
    const width = Math.min(context.measureText(words).width, within.width);
    const size = { width, height: 13 * ratio };
    const level = above ? box.top : Math.min(place, box.top + box.height);
    const spot = clearSpot(level, size, within, ink, 2 * ratio);
    const middle = spot.top + spot.height / 2;
    // A rim of the page's colour keeps the words apart from lines behind them.
    context.lineWidth = 4 * ratio;
    context.strokeText(words, spot.left, middle, within.width);
    context.fillText(words, spot.left, middle, within.width);
    ink.push(...outline(spot));
  }
}

/** Distance of the places at which lines are looked at, in pixels of the page. */
const LOOK = 5;

/** Farther from a level than this, nothing touches its words. */
const NEAR = 20;

/** Where lines and levels lie, near the levels. */
function inkOf(
  { box, x, y, ratio }: Ground,
  { marks, thresholds }: PanelPicture
): Pixel[] {
  const ink: Pixel[] = [];
  const step = LOOK * ratio;
  const places = thresholds.map(({ value, metric }) => y(value, metric));
  const levels = places.map(place =>
    Math.max(box.top, Math.min(place, box.top + box.height))
  );
  const add = (at: number, height: number): void => {
    if (levels.some(level => Math.abs(height - level) < NEAR * ratio)) {
      ink.push([at, height]);
    }
  };
  for (const { curve, metric } of marks) {
    let [before, heightBefore] = [NaN, NaN];
    curve.x.forEach((place, index) => {
      const [at, height] = [x(place), y(curve.y[index]!, metric)];
      // Points that are closer than the eye sees count once.
      if (at - before < step / 2 && Math.abs(height - heightBefore) < step) {
        return;
      }
      const long = Math.hypot(at - before, height - heightBefore);
      const parts = Math.min(200, Math.ceil(long / step)) || 1;
      for (let part = 1; part <= parts; part++) {
        const share = 1 - part / parts;
        add(
          at - (share && share * (at - before)),
          height - (share && share * (height - heightBefore))
        );
      }
      [before, heightBefore] = [at, height];
    });
  }
  for (const place of places) {
    for (let at = box.left; at <= box.left + box.width; at += step) {
      add(at, place);
    }
  }
  return ink;
}

/** Places on which no other words can lie without covering one of them. */
function outline({ left, top, width, height }: Box): Pixel[] {
  return Array.from({ length: 60 }, (_, index) => [
    left + ((index % 20) / 19) * width,
    top + (Math.floor(index / 20) / 2) * height
  ]);
}
