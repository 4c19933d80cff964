/** What is drawn for one metric, before anything is drawn. */

import type { Line } from '../../data/lines.js';
import { curve, lastPoint, positive, type Curve } from './curve.js';
import { CUT_SHORT, type Group } from './grouping.js';
import type { PlotChoices } from './host.js';
import type { Pen } from './pens.js';
import { smoothed } from './smoothing.js';
import { after, spread } from './spread.js';

/** What lies around a mean. */
export interface Band {
  low: Float64Array;
  high: Float64Array;
  /** How many were averaged: of two it reaches from one to the other. */
  seeds: number;
}

export interface Mark {
  group: Group;
  metric: string;
  /** Label of the run; null for a mean of several. */
  run: string | null;
  pen: Pen;
  curve: Curve;
  band: Band | null;
  /** Drawn behind, and not read by the cursor. */
  faint: boolean;
  /** Whether it may still grow. */
  live: boolean;
}

export interface Marks {
  marks: Mark[];
  /** Values that have no place on logarithmic axes. */
  leftOut: number;
}

interface Member {
  run: string;
  seed: number;
  state: string;
  raw: Curve;
  shown: Curve;
}

/** How one metric's lines are drawn. */
export class MarkMaker {
  constructor(
    choices: PlotChoices,
    starts: ReadonlyMap<string, number>,
    /** Width of x when all of it is shown. */
    whole: number
  ) {
    this._choices = choices;
    this._starts = starts;
    this._whole = whole;
  }

  /** Draw a metric's lines; `pen` replaces that of the group where it is given. */
  marks(
    metric: string,
    groups: readonly Group[],
    lineOf: (run: string, metric: string) => Line | undefined,
    pen?: (group: Group) => Pen
  ): Marks {
    const result: Marks = { marks: [], leftOut: 0 };
    for (const group of groups) {
      const members: Member[] = [];
      for (const { label, seed, state } of group.runs) {
        const line = lineOf(label, metric);
        if (line?.y.length) {
          const [raw, shown] = this._curves(line, result);
          members.push({ run: label, seed, state, raw, shown });
        }
      }
      const like = { group, metric, pen: pen?.(group) ?? group.pen };
      result.marks.push(...this._group(members, like));
    }
    return result;
  }

  private _group(
    members: readonly Member[],
    like: Pick<Mark, 'group' | 'metric' | 'pen'>
  ): Mark[] {
    const whole = members.filter(member => !CUT_SHORT.has(member.state));
    const middle =
      whole.length > 1 ? spread(whole.map(member => member.shown)) : null;
    const end = middle?.mean.x.at(-1);
    if (!middle || end === undefined) {
      return members.flatMap(member => this._single(member, like));
    }
    const { mean, low, high } = middle;
    const behind = members.map(member => {
      const alone = this._choices.singles || CUT_SHORT.has(member.state);
      return {
        ...mark(member, like, alone ? member.shown : after(member.shown, end)),
        faint: true
      };
    });
    return [
      ...behind.filter(each => each.curve.x.length > 1),
      {
        ...like,
        run: null,
        curve: mean,
        band: { low, high, seeds: whole.length },
        faint: false,
        live: whole.some(member => member.state === 'running')
      }
    ];
  }

  private _single(
    member: Member,
    like: Pick<Mark, 'group' | 'metric' | 'pen'>
  ): Mark[] {
    const front = mark(member, like, member.shown);
    return member.raw === member.shown
      ? [front]
      : [
          { ...mark(member, like, member.raw), faint: true, live: false },
          front
        ];
  }

  /** A line as it was logged and as it is shown. */
  private _curves(line: Line, result: Marks): [raw: Curve, shown: Curve] {
    const { by, smoothing } = this._choices;
    const start = this._starts.get(line.run) ?? 0;
    const made = positive(curve(line, by, start), this._choices);
    result.leftOut += made.leftOut;
    const raw = made.curve;
    if (smoothing === 0) {
      return [raw, raw];
    }
    // Of a thinned line only the extremes are drawn: their mean is another line.
    const even = line.mean
      ? positive(curve(line.mean, by, start), this._choices).curve
      : raw;
    return [raw, smoothed(even, smoothing, this._whole)];
  }

  private _choices: PlotChoices;
  private _starts: ReadonlyMap<string, number>;
  private _whole: number;
}

function mark(
  { run, state }: Member,
  like: Pick<Mark, 'group' | 'metric' | 'pen'>,
  of: Curve
): Mark {
  return {
    ...like,
    run,
    curve: of,
    band: null,
    faint: false,
    live: state === 'running' && lastPoint(of) !== null
  };
}
