/** What all panels of a plot show, before anything is drawn. */

import type { Line } from '../../data/lines.js';
import type { Words } from '../../data/words.js';
import { baseSpan, valueSpan, type Span } from './axes.js';
import { beginnings, extent } from './curve.js';
import { grouped, type Group } from './grouping.js';
import {
  MOST_PANELS,
  type PlotChoices,
  type PlotData,
  type Threshold
} from './host.js';
import { MarkMaker, type Mark } from './marks.js';
import { DASHES, pens } from './pens.js';

/** One plot: a metric, or all of them overlaid. */
export interface PanelPicture {
  /** Stays the same as long as the panel shows the same metrics. */
  key: string;
  metrics: readonly string[];
  marks: readonly Mark[];
  value: Span;
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
  averaged: boolean;
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

export function compose(data: PlotData, look: Look): Picture {
  const { choices, window } = look;
  const groups = grouped(data.runs, data.varied, look.words);
  const metrics = metricNames(data);
  const shownMetrics = shownNames(metrics, choices.metrics);
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
      choices.overlaid ? overlaidPen(groups.length, index) : undefined
    )
  }));
  const joined = choices.overlaid
    ? [{ metrics: shownMetrics, marks: drawings.flatMap(({ marks }) => marks) }]
    : drawings.map(({ metric, marks }) => ({ metrics: [metric], marks }));
  const xNames = new Set(seen.map(line => line.xName));
  return {
    groups,
    metrics,
    shownMetrics,
    whole,
    shown,
    panels: joined.map(each => panel(each, data.thresholds, shown, choices)),
    xName:
      choices.by === 'time'
        ? 'time'
        : xNames.has('step') || !xNames.size
          ? 'step'
          : 'row',
    leftOut: drawings.reduce((sum, { leftOut }) => sum + leftOut, 0),
    averaged: drawings.some(({ averaged }) => averaged),
    empty: !data.lines.length,
    live: data.runs.some(run => run.state === 'running')
  };
}

function panel(
  { metrics, marks }: { metrics: string[]; marks: Mark[] },
  every: readonly Threshold[],
  [from, to]: Span,
  { logY }: PlotChoices
): PanelPicture {
  const thresholds = every.filter(({ metric }) => metrics.includes(metric));
  const levels = thresholds.map(({ value }) => value);
  let seen: Span | null = null;
  const include = (span: Span | null): void => {
    if (span) {
      seen = seen
        ? [Math.min(seen[0], span[0]), Math.max(seen[1], span[1])]
        : span;
    }
  };
  for (const { curve, band } of marks) {
    include(extent(curve, from, to));
    if (band) {
      const low = extent({ x: curve.x, y: band.low }, from, to);
      include(logY && low && low[0] <= 0 ? null : low);
      include(extent({ x: curve.x, y: band.high }, from, to));
    }
  }
  return {
    key: JSON.stringify(metrics),
    metrics,
    marks,
    thresholds,
    value: valueSpan(seen, levels, logY)
  };
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
