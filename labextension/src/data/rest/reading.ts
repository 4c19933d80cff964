/** Answers of the server, turned into what the views are given. */

import type { OutputPart } from '../experiment.js';
import { count, counts, record, records, text, texts } from '../json.js';
import type {
  Ended,
  ExperimentRow,
  Found,
  Group,
  Looked,
  Overview
} from '../labbook.js';
import type { PlanItem, PlanList, Priority } from '../plan.js';
import { readOutcome, readProgress } from '../run.js';

/** The lists of an overview, in the order in which they are shown. */
export const GROUPS: readonly Group[] = [
  'running',
  'waiting',
  'today',
  'unconcluded',
  'failed'
];

export interface Place {
  /** Path of the labbook's folder below the server's root. */
  labbook: string;
  /** Name of the experiment's folder. */
  experiment: string;
}

export type Part = 'view' | 'lines' | 'output';

/** What has changed in a labbook. */
export interface Change {
  /** By folder name of the experiment. */
  experiments: Map<string, ReadonlySet<Part>>;
  overview: boolean;
  /** Version of the plan; null if that did not change. */
  plan: string | null;
}

export interface Plan {
  version: string;
  path: string;
  problem: string;
  lists: PlanList[];
}

/** What was asked about changes, or a stream's first word. */
export interface News {
  cursor: string;
  reset: boolean;
  counts: Record<string, number>;
}

export interface Changes extends News {
  events: { name: string; data: unknown }[];
}

export function readPlace(data: unknown): Place {
  const { labbook, experiment } = record(data);
  return { labbook: text(labbook), experiment: text(experiment) };
}

export function readRow(data: Record<string, unknown>): ExperimentRow {
  return {
    experiment: text(data.experiment),
    number: count(data.number),
    name: text(data.name),
    question: text(data.question),
    why: text(data.why),
    hypothesis: text(data.hypothesis),
    conclusion: text(data.conclusion),
    tags: texts(data.tags),
    verdicts: texts(data.verdicts).map(readOutcome),
    states: counts(data.states),
    tainted: count(data.tainted),
    created: text(data.created),
    ended: text(data.ended),
    progress: readProgress(data.progress),
    reason: text(data.reason),
    notebook: text(data.notebook),
    cell: text(data.cell)
  };
}

export function readOverview(data: unknown): Overview {
  const of = record(data);
  const groups = record(of.groups);
  const totals = counts(of.totals);
  const each = <T>(read: (group: Group) => T): Record<Group, T> =>
    Object.fromEntries(GROUPS.map(group => [group, read(group)])) as Record<
      Group,
      T
    >;
  const rows = each(group => rowsOf(groups[group]));
  return {
    labbook: text(of.labbook),
    counts: counts(of.counts),
    groups: rows,
    totals: each(group => Math.max(totals[group] ?? 0, rows[group].length)),
    tags: texts(of.tags),
    problems: texts(of.problems)
  };
}

export function readFound(data: unknown): Found {
  const { rows, total, cursor } = record(data);
  return { rows: rowsOf(rows), total: count(total), cursor: text(cursor) };
}

export function readOutput(data: unknown): OutputPart {
  const of = record(data);
  const start = count(of.start);
  const end = Math.max(start, count(of.end));
  return {
    start,
    end,
    size: Math.max(end, count(of.size)),
    text: text(of.text)
  };
}

export function readPlan(data: unknown): Plan {
  const of = record(data);
  return {
    version: text(of.version),
    path: text(of.path),
    problem: text(of.problem),
    lists: records(of.lists).map(readList)
  };
}

export function readNews(data: unknown): News {
  const of = record(data);
  return {
    cursor: text(of.cursor),
    reset: of.reset === true,
    counts: counts(of.counts)
  };
}

export function readChanges(data: unknown): Changes {
  return {
    ...readNews(data),
    events: records(record(data).changes).map(({ event, data: of }) => ({
      name: text(event),
      data: of
    }))
  };
}

export function readChange(data: unknown): Change {
  const of = record(data);
  return {
    experiments: new Map(
      Object.entries(record(of.experiments)).map(([name, parts]) => [
        name,
        new Set(texts(parts) as Part[])
      ])
    ),
    overview: of.overview === true,
    plan: text(of.plan) || null
  };
}

export function readEnded(data: unknown): Ended {
  const of = record(data);
  return {
    experiment: text(of.experiment),
    name: text(of.name),
    run: text(of.run),
    state: text(of.state),
    reason: text(of.reason),
    verdicts: texts(of.verdicts).map(readOutcome),
    last: of.last === true
  };
}

export function readLooked(data: unknown): Looked {
  const of = record(data);
  return {
    experiments: texts(of.experiments),
    names: texts(of.names),
    problems: count(of.problems),
    warnings: count(of.warnings)
  };
}

function rowsOf(data: unknown): ExperimentRow[] {
  return records(data)
    .map(readRow)
    .filter(row => row.experiment);
}

function readList(data: Record<string, unknown>): PlanList {
  const list = text(data.list) as PlanList['list'];
  return {
    list,
    title: text(data.title),
    items: records(data.items).map(of => readItem(of, list))
  };
}

function readItem(
  data: Record<string, unknown>,
  list: PlanItem['list']
): PlanItem {
  const priority = text(data.priority);
  return {
    id: text(data.id),
    list,
    text: text(data.text),
    done: data.done === true,
    priority: (['high', 'low'].includes(priority)
      ? priority
      : 'normal') as Priority,
    expected: text(data.expected),
    setup: text(data.setup),
    impact: text(data.impact)
  };
}
