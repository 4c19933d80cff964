import type { ExperimentView, RunView } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { alike, duration, number, value } from '../text.js';

/** One column of the table of runs. */
export interface Column {
  /** Unlike the title, the same for as long as the column means the same. */
  key: string;
  title: string;
  kind: 'run' | 'parameter' | 'seed' | 'state' | 'time' | 'metric';
  /** Whether it is read as a number, and so stands to the right. */
  numeric: boolean;
  text(run: RunView): string;
  /** What runs are sorted by; null comes last, whatever the direction. */
  rank(run: RunView): number | string | null;
}

/** What varies, where each run stands, and its last values. */
export function columns(view: ExperimentView, trans: Words): Column[] {
  const { runs, varied } = view;
  const metrics = [...new Set(runs.flatMap(run => Object.keys(run.final)))];
  const seeds = new Set(runs.map(run => run.seed)).size > 1;
  const seed: Column = {
    key: 'seed',
    title: trans.__('seed'),
    kind: 'seed',
    numeric: false,
    text: run => String(run.seed),
    rank: run => run.seed
  };
  return [
    {
      key: 'run',
      title: trans.__('Run'),
      kind: 'run',
      numeric: false,
      text: run => run.label,
      rank: run => run.label
    },
    ...varied.map(parameter),
    ...(seeds ? [seed] : []),
    {
      key: 'state',
      title: trans.__('State'),
      kind: 'state',
      numeric: false,
      text: run => run.state,
      rank: run => run.state
    },
    {
      key: 'time',
      title: trans.__('Time'),
      kind: 'time',
      numeric: true,
      text: run => (run.seconds === null ? '' : duration(run.seconds)),
      rank: run => run.seconds
    },
    ...metrics.map(name => metric(name, runs))
  ];
}

function parameter(name: string): Column {
  const of = (run: RunView): unknown => run.parameters[name] ?? null;
  return {
    key: `parameter ${name}`,
    title: name,
    kind: 'parameter',
    numeric: false,
    text: run => {
      const exact = value(of(run));
      return exact.length > 8 && typeof of(run) === 'number'
        ? number(of(run) as number)
        : exact;
    },
    rank: run => {
      const held = of(run);
      return typeof held === 'number' || held === null ? held : value(held);
    }
  };
}

function metric(name: string, runs: readonly RunView[]): Column {
  const have = runs.filter(run => name in run.final);
  const texts = alike(have.map(run => run.final[name]!));
  const shown = new Map(have.map((run, at) => [run, texts[at]!]));
  return {
    key: `metric ${name}`,
    title: name,
    kind: 'metric',
    numeric: true,
    text: run => shown.get(run) ?? '',
    rank: run => run.final[name] ?? null
  };
}

/** Runs in the order of a column; equal ones stay as they were. */
export function sorted(
  runs: readonly RunView[],
  column: Column,
  descending: boolean
): RunView[] {
  const way = descending ? -1 : 1;
  return [...runs].sort((left, right) => {
    const [a, b] = [column.rank(left), column.rank(right)];
    if (a === null || b === null) {
      return Number(a === null) - Number(b === null);
    }
    if (typeof a === 'number' && typeof b === 'number') {
      return way * (a - b);
    }
    return way * String(a).localeCompare(String(b), 'en', { numeric: true });
  });
}
