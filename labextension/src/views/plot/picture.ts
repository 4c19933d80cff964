/** What all panels of a plot show, before anything is drawn. */

import type { Line } from '../../data/lines.js';
import type { Words } from '../../data/words.js';
import {
  aired,
  apart,
  baseSpan,
  closeSpan,
  joined,
  valueSpan,
  type Span
} from './axes.js';
import { beginnings, extent } from './curve.js';
import { grouped, type Group } from './grouping.js';
import {
  MOST_PANELS,
  type PlotChoices,
  type PlotData,
  type Threshold
} from './host.js';
import { MarkMaker, type Mark } from './marks.js';
import { colours, DASHES, pens } from './pens.js';

/** One plot: a metric, or all of them overlaid. */
export interface PanelPicture {
  /** Stays the same as long as the panel shows the same metrics. */
  key: string;
  metrics: readonly string[];
  marks: readonly Mark[];
  /** What the axis reaches over; with `own` ranges, in shares of them. */
  value: Span;
  /** The range that each metric has to itself; null where they share the axis. */
  own: ReadonlyMap<string, Span> | null;
  thresholds: readonly Threshold[];
}

export interface Picture {
  groups: readonly Group[];
  /** All metrics there are, shown or not. */
  metrics: readonly string[];
  shownMetrics: readonly string[];
  panels: readonly PanelPicture[];
  /** All of x that there is, and the part that is shown. */
  whole: Span;
  shown: Span;
  xName: 'step' | 'row' | 'time';
  leftOut: number;
  /** Whether any runs differ by their seed alone. */
  seeds: boolean;
  /** Whether there is anything to draw. */
  empty: boolean;
  /** Whether a run may still log. */
  live: boolean;
}

export interface Look {
  choices: PlotChoices;
  window: Span | null;
  /** Labels of the runs that are drawn; null: all. */
  runs: ReadonlySet<string> | null;
  /** A line with the detail that is known of it. */
  refined: (line: Line) => Line;
  words: Words;
}

/** Metrics of predictions first, then as they came. */
export function metricNames({ lines, runs, thresholds }: PlotData): string[] {
  return [
    ...new Set([
      ...thresholds.map(threshold => threshold.metric),
      ...lines.map(line => line.metric),
      ...runs.flatMap(run => Object.keys(run.final))
    ])
  ];
}

/** Metrics that the reader chose, or the first ones. */
export function shownNames(
  metrics: readonly string[],
  chosen: readonly string[] | null
): string[] {
  const wanted = chosen && metrics.filter(name => chosen.includes(name));
  return wanted?.length ? wanted : metrics.slice(0, MOST_PANELS);
}

/** Where a value lies on the axis of a panel. */
export function onAxis(
  { own }: Pick<PanelPicture, 'own'>,
  metric: string,
  value: number
): number {
  const span = own?.get(metric);
  return span ? (value - span[0]) / (span[1] - span[0]) : value;
}

export function compose(data: PlotData, look: Look): Picture {
  const { choices, window } = look;
  const metrics = metricNames(data);
  const shownMetrics = shownNames(metrics, choices.metrics);
  const together = choices.overlaid && shownMetrics.length > 1;
  const found = grouped(data.runs, data.varied, look.words);
  const groups = together ? coloured(found) : found;
  const visible = drawnGroups(groups, look.runs);
  const drawn = new Set(
    visible.flatMap(group => group.runs.map(run => run.label))
  );
  const seen = data.lines.filter(
    line => drawn.has(line.run) && shownMetrics.includes(line.metric)
  );
  const starts = beginnings(data.lines);
  const whole = baseSpan(reach(seen, starts, choices), choices.logX);
  const shown = window ?? whole;
  const lines = new Map<string, Map<string, Line>>();
  for (const line of seen) {
    const refined = window ? look.refined(line) : line;
    const ofRun = lines.get(line.run) ?? new Map<string, Line>();
    lines.set(line.run, ofRun.set(line.metric, refined));
  }
  const maker = new MarkMaker(
    choices,
    starts,
    choices.logX ? 0 : whole[1] - whole[0]
  );
  const drawings = shownMetrics.map((metric, index) => ({
    metric,
    ...maker.marks(
      metric,
      visible,
      (run, name) => lines.get(run)?.get(name),
      together ? overlaidPen(groups.length, index) : undefined
    )
  }));
  const panels = choices.overlaid
    ? [{ metrics: shownMetrics, marks: drawings.flatMap(({ marks }) => marks) }]
    : drawings.map(({ metric, marks }) => ({ metrics: [metric], marks }));
  const xNames = new Set(seen.map(line => line.xName));
  return {
    groups,
    metrics,
    shownMetrics,
    whole,
    shown,
    panels: panels.map(each => panel(each, data.thresholds, shown, choices)),
    xName:
      choices.by === 'time'
        ? 'time'
        : xNames.has('step') || !xNames.size
          ? 'step'
          : 'row',
    leftOut: drawings.reduce((sum, { leftOut }) => sum + leftOut, 0),
    seeds: groups.some(group => group.runs.length > 1),
    empty: !data.lines.length,
    live: data.runs.some(run => run.state === 'running')
  };
}

function panel(
  { metrics, marks }: { metrics: string[]; marks: Mark[] },
  every: readonly Threshold[],
  shown: Span,
  { logY }: PlotChoices
): PanelPicture {
  const thresholds = every.filter(({ metric }) => metrics.includes(metric));
  const spans = new Map<string, Span>();
  for (const metric of metrics) {
    const seen = reachOf(
      marks.filter(mark => mark.metric === metric),
      shown,
      logY
    );
    if (seen) {
      spans.set(metric, seen);
    }
  }
  const levelsOf = (names: readonly string[]): number[] =>
    thresholds
      .filter(({ metric }) => names.includes(metric))
      .map(({ value }) => value);
  const like = { key: JSON.stringify(metrics), metrics, marks, thresholds };
  const all = [...spans.values()];
  // A logarithmic axis has room for all sizes.
  if (logY || !apart(all)) {
    const value = valueSpan(joined(all), levelsOf(metrics), logY);
    return { ...like, value, own: null };
  }
  const own = metrics.map(metric => {
    const span = closeSpan(spans.get(metric) ?? null, levelsOf([metric]));
    return [metric, span ?? ([0, 1] as Span)] as const;
  });
  return { ...like, value: aired([0, 1]), own: new Map(own) };
}

/** From the lowest to the highest value of some marks in a part of x. */
function reachOf(
  marks: readonly Mark[],
  [from, to]: Span,
  logY: boolean
): Span | null {
  const spans = marks.flatMap(({ curve, band }) => {
    const low = band && extent({ x: curve.x, y: band.low }, from, to);
    return [
      extent(curve, from, to),
      // Below a logarithmic axis there is no end.
      logY && low && low[0] <= 0 ? null : low,
      band && extent({ x: curve.x, y: band.high }, from, to)
    ];
  });
  return joined(spans.filter(span => span !== null));
}

/** Groups whose colours alone tell them apart: dashes are the metrics'. */
function coloured(groups: readonly Group[]): Group[] {
  if (!groups.some(({ pen }) => pen.dash.length)) {
    return [...groups];
  }
  const chosen = colours(groups.length);
  return groups.map((group, index) => ({
    ...group,
    pen: { ...group.pen, colour: chosen[index]!, dash: DASHES[0]! }
  }));
}

/** One group: a colour for each metric. Several: a dash for each. */
function overlaidPen(
  groups: number,
  metric: number
): (group: Group) => Group['pen'] {
  return groups > 1
    ? group => ({ ...group.pen, dash: DASHES[metric % DASHES.length]! })
    : () => pens(metric + 1)[metric]!;
}

function drawnGroups(
  groups: readonly Group[],
  runs: ReadonlySet<string> | null
): Group[] {
  if (!runs) {
    return [...groups];
  }
  return groups
    .map(group => ({
      ...group,
      runs: group.runs.filter(run => runs.has(run.label))
    }))
    .filter(group => group.runs.length);
}

/** From the first to the last place of any line; only positive ones on a log axis. */
function reach(
  lines: readonly Line[],
  starts: ReadonlyMap<string, number>,
  { by, logX }: PlotChoices
): Span | null {
  let [low, high] = [Infinity, -Infinity];
  for (const line of lines) {
    const start = by === 'time' ? (starts.get(line.run) ?? 0) : 0;
    for (const each of by === 'time' ? line.time : line.x) {
      const place = each - start;
      if (!logX || place > 0) {
        low = Math.min(low, place);
        high = Math.max(high, place);
      }
    }
  }
  return low <= high ? [low, high] : null;
}
