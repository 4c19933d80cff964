/** Lines, bands and levels on the canvas of a panel. */

import type uPlot from 'uplot';
import { lastPoint } from './curve.js';
import type { Ground, Place } from './ground.js';
import { levels, levelWords } from './levels.js';
import type { Mark } from './marks.js';
import { onAxis, type PanelPicture } from './picture.js';
import type { Theme } from './theme.js';
import { columns, trace } from './trace.js';

/** uPlot's number for such a scale; its type has no value at run time. */
const LOGARITHMIC = 3;

/** A line climbs so many times the width of its panel before it counts as noise. */
const NOISY = 6;

/** Points of one stroke. */
const AT_ONCE = 64;

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
  const up = placer(plot, 'y', box.top + box.height, -box.height);
  const ground: Ground = {
    context,
    box,
    theme,
    ratio: devicePixelRatio || 1,
    x: placer(plot, 'x', box.left, box.width),
    y: (value, metric) => up(onAxis(picture, metric, value))
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
  levelWords(ground, picture);
  context.restore();
  // uPlot remembers what it set on the canvas: everything is given back.
  context.save();
  for (const mark of picture.marks.filter(each => each.live)) {
    context.globalAlpha = strength(mark);
    dot(ground, mark);
  }
  context.restore();
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

/**
 * A line, in short strokes.
 *
 * Without a graphics processor a long jagged stroke costs twenty times as much as
 * the same in parts, and as much again where it is wider than a pixel: lines that
 * mostly go up and down are drawn as thin as they look.
 */
function stroke({ context, box, x, y, ratio }: Ground, mark: Mark): void {
  const { pieces, lone, climb } = trace(
    mark.curve,
    x,
    value => y(value, mark.metric),
    box.left,
    box.left + box.width
  );
  const thin = mark.faint || mark.pen.faint || climb > NOISY * box.width;
  const dash = mark.faint ? [] : mark.pen.dash.map(each => each * ratio);
  context.strokeStyle = context.fillStyle = mark.pen.colour;
  context.lineWidth = thin ? 1 : 1.6 * ratio;
  context.setLineDash(dash);
  // A dash would begin anew with each part.
  const most = dash.length ? Infinity : AT_ONCE;
  for (const piece of pieces) {
    for (let from = 0; from < piece.length - 2; from += 2 * most) {
      const to = Math.min(from + 2 * most, piece.length - 2);
      context.beginPath();
      context.moveTo(piece[from]!, piece[from + 1]!);
      for (let i = from + 2; i <= to; i += 2) {
        context.lineTo(piece[i]!, piece[i + 1]!);
      }
      context.stroke();
    }
  }
  context.setLineDash([]);
  for (let i = 0; i < lone.length; i += 2) {
    context.beginPath();
    context.arc(lone[i]!, lone[i + 1]!, 2 * ratio, 0, 2 * Math.PI);
    context.fill();
  }
}

function fillBand({ context, x, y, box }: Ground, mark: Mark): void {
  const { low, high } = mark.band!;
  const floor = box.top + box.height;
  // Below a logarithmic axis there is no end.
  const up = (value: number): number => y(value, mark.metric);
  const edge = (value: number): number => (value <= 0 ? floor : up(value));
  const { first, top, bottom } = columns(
    mark.curve.x,
    high,
    low,
    x,
    Number.isFinite(up(0)) ? up : edge,
    box.left,
    box.left + box.width
  );
  context.fillStyle = mark.pen.colour;
  top.forEach((from, index) => {
    const tall = bottom[index]! - from;
    if (tall > 0) {
      context.fillRect(first + index, from, 1, tall);
    }
  });
}

/** Where a line that still grows has come to. */
function dot({ context, box, x, y, ratio, theme }: Ground, mark: Mark): void {
  const last = lastPoint(mark.curve);
  const at = last && ([x(last[0]), y(last[1], mark.metric)] as const);
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
