/** Lines, bands and levels on the canvas of a panel. */

import type uPlot from 'uplot';
import { lastPoint } from './curve.js';
import type { Mark } from './marks.js';
import type { PanelPicture } from './picture.js';
import type { Theme } from './theme.js';

type Place = (value: number) => number;

interface Ground {
  context: CanvasRenderingContext2D;
  /** Part of the canvas where lines are drawn, in its pixels. */
  box: { left: number; top: number; width: number; height: number };
  x: Place;
  y: Place;
  /** Canvas pixels for one of the page's. */
  ratio: number;
  theme: Theme;
}

/** uPlot's number for such a scale; its type has no value at run time. */
const LOGARITHMIC = 3;

const FAINT = 0.3;
const BAND = 0.16;
const BUNDLE = 0.45;
const HELD_BACK = 0.15;

/** Draw all marks of a panel; `highlit` holds the others back. */
export function paint(
  plot: uPlot,
  picture: PanelPicture,
  theme: Theme,
  highlit: string | null
): void {
  const context = plot.ctx;
  const box = plot.bbox;
  const ground: Ground = {
    context,
    box,
    theme,
    ratio: devicePixelRatio || 1,
    x: placer(plot, 'x', box.left, box.width),
    y: placer(plot, 'y', box.top + box.height, -box.height)
  };
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  context.lineJoin = 'round';
  const strength = (mark: Mark): number =>
    highlit !== null && mark.group.key !== highlit ? HELD_BACK : 1;
  for (const mark of picture.marks) {
    if (mark.band) {
      context.globalAlpha = BAND * strength(mark);
      fillBand(ground, mark);
    }
  }
  levels(ground, picture);
  const order = (mark: Mark): number =>
    (mark.faint ? 0 : 2) + (mark.group.key === highlit ? 1 : 0);
  for (const mark of [...picture.marks].sort((a, b) => order(a) - order(b))) {
    const own = mark.faint ? FAINT : mark.pen.faint ? BUNDLE : 1;
    const raised =
      mark.group.key === highlit && mark.pen.faint ? 1 / BUNDLE : 1;
    context.globalAlpha = own * raised * strength(mark);
    stroke(ground, mark);
  }
  context.restore();
  for (const mark of picture.marks) {
    if (mark.live && !(mark.faint && mark.run === null)) {
      context.globalAlpha = strength(mark);
      dot(ground, mark);
    }
  }
  context.globalAlpha = 1;
}

/** Where values lie on the canvas, worked out once for thousands of them. */
function placer(
  plot: uPlot,
  key: 'x' | 'y',
  from: number,
  length: number
): Place {
  const { min, max, distr } = plot.scales[key]!;
  if (Number(distr) === LOGARITHMIC) {
    const low = Math.log10(min!);
    const factor = length / (Math.log10(max!) - low);
    return value => from + (Math.log10(value) - low) * factor;
  }
  const factor = length / (max! - min!);
  return value => from + (value - min!) * factor;
}

function stroke(ground: Ground, mark: Mark): void {
  const { context, ratio } = ground;
  context.strokeStyle = mark.pen.colour;
  context.lineWidth = (mark.faint ? 1 : mark.pen.faint ? 1.2 : 1.6) * ratio;
  context.setLineDash(
    mark.faint ? [] : mark.pen.dash.map(each => each * ratio)
  );
  context.beginPath();
  trace(ground, mark);
  context.stroke();
  context.setLineDash([]);
}

/**
 * The path of a line, at most four points for each column of pixels.
 *
 * What is drawn is the same: first, lowest, highest and last of a column.
 */
function trace(
  { context, box, x: toX, y: toY }: Ground,
  { curve }: Mark
): void {
  const { x, y } = curve;
  const [left, right] = [box.left, box.left + box.width];
  let down = false;
  let column = NaN;
  let [low, high, last, count] = [0, 0, 0, 0];
  const finish = (): void => {
    if (count > 1) {
      context.lineTo(column, low);
      context.lineTo(column, high);
      context.lineTo(column, last);
    }
    count = 0;
  };
  for (let i = 0; i < x.length; i++) {
    const value = y[i]!;
    if (Number.isNaN(value)) {
      finish();
      // A value between two gaps is a line of no length, which round caps show.
      down = false;
      column = NaN;
      continue;
    }
    const at = toX(x[i]!);
    if (at < left - 1 && i + 1 < x.length && toX(x[i + 1]!) < left - 1) {
      down = false;
      continue;
    }
    const place = toY(value);
    const pixel = Math.round(at);
    if (down && pixel === column) {
      low = Math.min(low, place);
      high = Math.max(high, place);
      last = place;
      count += 1;
      continue;
    }
    finish();
    if (down) {
      context.lineTo(at, place);
    } else {
      context.moveTo(at, place);
      if (i + 1 >= x.length || Number.isNaN(y[i + 1]!)) {
        context.lineTo(at + 0.01, place);
      }
      down = true;
    }
    [column, low, high, last, count] = [pixel, place, place, place, 1];
    if (at > right + 1) {
      break;
    }
  }
  finish();
}

function fillBand({ context, x: toX, y: toY, box }: Ground, mark: Mark): void {
  const { x } = mark.curve;
  const { low, high } = mark.band!;
  const floor = box.top + box.height;
  const edge = (value: number): number => {
    const place = toY(value);
    // Below a logarithmic axis there is no end.
    return Number.isFinite(place) && value > -Infinity ? place : floor;
  };
  context.fillStyle = mark.pen.colour;
  context.beginPath();
  let i = 0;
  while (i < x.length) {
    while (i < x.length && Number.isNaN(low[i]!)) {
      i += 1;
    }
    const from = i;
    for (; i < x.length && !Number.isNaN(low[i]!); i++) {
      const at = toX(x[i]!);
      if (i === from) {
        context.moveTo(at, edge(high[i]!));
      } else {
        context.lineTo(at, edge(high[i]!));
      }
    }
    for (let back = i - 1; back >= from; back--) {
      context.lineTo(toX(x[back]!), edge(low[back]!));
    }
  }
  context.fill();
}

/** Levels of predictions: dashed lines with their words above the right end. */
function levels(
  { context, box, y: toY, ratio, theme }: Ground,
  { thresholds }: PanelPicture
): void {
  context.globalAlpha = 1;
  context.strokeStyle = theme.text;
  context.fillStyle = theme.text;
  context.lineWidth = ratio;
  context.font = `${11 * ratio}px ${theme.family}`;
  context.textAlign = 'right';
  const right = box.left + box.width - 4 * ratio;
  for (const { value, label } of thresholds) {
    const place = toY(value);
    const above = !(place >= box.top);
    const outside = above || !(place <= box.top + box.height);
    if (!outside) {
      context.setLineDash([5 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(box.left, Math.round(place) + 0.5);
      context.lineTo(box.left + box.width, Math.round(place) + 0.5);
      context.stroke();
      context.setLineDash([]);
    }
    const room = place - box.top > 16 * ratio;
    context.textBaseline = outside
      ? above
        ? 'top'
        : 'bottom'
      : room
        ? 'bottom'
        : 'top';
    const words = outside ? `${above ? '↑' : '↓'} ${label}` : label;
    const line = outside
      ? above
        ? box.top + 3 * ratio
        : box.top + box.height - 3 * ratio
      : place + (room ? -2 : 3) * ratio;
    // A rim of the page's colour keeps the words apart from lines behind them.
    context.lineWidth = 3 * ratio;
    context.strokeStyle = theme.back;
    context.strokeText(words, right, line, box.width - 8 * ratio);
    context.fillText(words, right, line, box.width - 8 * ratio);
    context.strokeStyle = theme.text;
    context.lineWidth = ratio;
  }
}

/** Where a line that still grows has come to. */
function dot({ context, box, x, y, ratio, theme }: Ground, mark: Mark): void {
  const last = lastPoint(mark.curve);
  const at = last && ([x(last[0]), y(last[1])] as const);
  if (!at || at[0] < box.left || at[0] > box.left + box.width + 1) {
    return;
  }
  context.beginPath();
  context.arc(at[0], at[1], 3.5 * ratio, 0, 2 * Math.PI);
  context.fillStyle = mark.pen.colour;
  context.fill();
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = theme.back;
  context.stroke();
}
