/** Ranges of axes, and how places on them are written. */

import type { Words } from '../../data/words.js';

export type Span = [low: number, high: number];

/** A level that would stretch an axis by more than this is left outside it. */
const FAR = 5;

/** Relative spread below which values count as one. */
const FLAT = 1e-9;

const SMALLEST = 1e-100;

/** A range for a metric, with air above and below; levels count if they are near. */
export function valueSpan(
  seen: Span | null,
  levels: readonly number[],
  log: boolean
): Span {
  const close = closeSpan(seen, levels, log);
  if (!close) {
    return log ? [0.1, 10] : [0, 1];
  }
  const [low, high] = close;
  if (log) {
    const air = high / low > 1 + FLAT ? (high / low) ** 0.04 : 2;
    return [low / air, high * air];
  }
  return aired(close);
}

/** A linear range with air above and below. */
export function aired([low, high]: Span): Span {
  const air = 0.06 * (high - low);
  return [low - air, high + air];
}

/** From the lowest to the highest that is to be seen; null if there is nothing. */
export function closeSpan(
  seen: Span | null,
  levels: readonly number[],
  log = false
): Span | null {
  const usable = levels.filter(
    level => Number.isFinite(level) && (!log || level > 0)
  );
  let [low, high] =
    seen ??
    (usable.length ? [Math.min(...usable), Math.max(...usable)] : [NaN, NaN]);
  if (Number.isNaN(low)) {
    return null;
  }
  if (log) {
    const near = usable.filter(
      level => level > low / 1e3 && level < high * 1e3
    );
    return [Math.min(low, ...near), Math.max(high, ...near)];
  }
  for (const level of usable) {
    const wide = Math.max(high, level) - Math.min(low, level);
    if (high === low || wide <= FAR * (high - low)) {
      [low, high] = [Math.min(low, level), Math.max(high, level)];
    }
  }
  return opened([low, high]);
}

/** Whether one of several ranges would be a flat line on an axis of all. */
export function apart(spans: readonly Span[]): boolean {
  const wide = joined(spans);
  return (
    wide !== null &&
    spans.some(
      ([low, high]) => high > low && FAR * (high - low) < wide[1] - wide[0]
    )
  );
}

/** From the lowest to the highest of several ranges. */
export function joined(spans: readonly Span[]): Span | null {
  return spans.length
    ? [
        Math.min(...spans.map(([low]) => low)),
        Math.max(...spans.map(([, high]) => high))
      ]
    : null;
}

/** A range for steps or seconds: from the first to the last, without air. */
export function baseSpan(seen: Span | null, log: boolean): Span {
  if (!seen) {
    return log ? [1, 10] : [0, 1];
  }
  if (log && seen[1] / seen[0] <= 1 + FLAT) {
    return [seen[0] / 2, seen[1] * 2];
  }
  return opened(seen);
}

/** Values that are all alike get a range around them. */
function opened([low, high]: Span): Span {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > Math.max(FLAT * size, SMALLEST)) {
    return [low, high];
  }
  const half = size > SMALLEST ? size / 10 : 0.5;
  return [low - half, high + half];
}

/** Round values on a logarithmic axis; between powers of ten where it is short. */
export function logTicks(low: number, high: number, most: number): number[] {
  const [first, last] = [
    Math.floor(Math.log10(low)),
    Math.ceil(Math.log10(high))
  ];
  const every = Math.max(1, Math.ceil((last - first) / most));
  const factors = Math.log10(high / low) <= 2.5 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = first; power <= last; power += every) {
    ticks.push(...factors.map(factor => factor * Number(`1e${power}`)));
  }
  const inside = ticks.filter(tick => tick >= low && tick <= high);
  return inside.length > 1 ? inside : evenTicks(low, high, most);
}

/** So little of a logarithmic axis that it is nearly linear. */
function evenTicks(low: number, high: number, most: number): number[] {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find(factor => raw <= factor * power) ?? 10);
  const first = Math.ceil(low / step);
  return Array.from(
    { length: Math.floor(high / step) - first + 1 },
    (_, index) => Number(((first + index) * step).toPrecision(12))
  );
}

const PREFIXES: readonly [number, string][] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k']
];

/** A value that stands alone, as short as it can be. */
export function tickLabel(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) {
    const [mantissa, power] = value.toExponential(2).split('e');
    return `${Number(mantissa)}e${Number(power)}`;
  }
  // Up to 9999 the digits are shorter to read.
  const [factor, prefix] = (size >= 1e4 &&
    PREFIXES.find(([from]) => size >= from)) || [1, ''];
  return `${Number((value / factor).toPrecision(4))}${prefix}`;
}

/** The ticks of a linear axis, written alike with the decimals of their step. */
export function tickLabels(values: readonly number[], step: number): string[] {
  const largest = Math.max(0, ...values.map(Math.abs));
  if (largest >= 1e4 || (largest > 0 && largest < 1e-4)) {
    const labels = values.map(tickLabel);
    if (new Set(labels).size === labels.length) {
      return labels;
    }
    return values.map(value => String(Number(value.toPrecision(10))));
  }
  let decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  // A step of 2.5 needs one more than a step of 2.
  if (
    Math.abs(Number(step.toFixed(Math.min(decimals, 20))) - step) >
    step / 100
  ) {
    decimals += 1;
  }
  return values.map(value => (value + 0).toFixed(Math.min(decimals, 20)));
}

/** A unit of time for a whole axis. */
export interface TimeUnit {
  seconds: number;
  /** Distances between ticks, in this unit. */
  steps: readonly number[];
  name: (words: Words) => string;
}

const TENS = [1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const SIXTIES = [...TENS, 10, 15, 20, 30, 60];

const UNITS: readonly TimeUnit[] = [
  {
    seconds: 86400,
    steps: [...TENS, 10, 20, 50, 100, 200, 500],
    name: w => w.__('days')
  },
  {
    seconds: 3600,
    steps: [...TENS, 6, 12, 24].sort((a, b) => a - b),
    name: w => w.__('hours')
  },
  { seconds: 60, steps: SIXTIES, name: w => w.__('minutes') },
  { seconds: 1, steps: SIXTIES, name: w => w.__('seconds') }
];

/** The unit in which a duration is easiest to read off an axis. */
export function timeUnit(longest: number): TimeUnit {
  return UNITS.find(({ seconds }) => longest >= 2 * seconds) ?? UNITS.at(-1)!;
}

/** Seconds since a run began, as precisely as a cursor needs. */
export function elapsed(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 100) {
    return `${Number(seconds.toFixed(size < 10 ? 2 : 1))} s`;
  }
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = `${Math.floor((whole % 3600) / 60)} min ${whole % 60} s`;
  return hours ? `${hours} h ${minutes}` : minutes;
}
