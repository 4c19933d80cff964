/** Which runs are drawn alike. */

import type { RunView } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { value } from '../text.js';
import { dimmed, pens, repeated, type Pen } from './pens.js';

/** Runs that differ in their seed alone: each has another. */
export interface Group {
  key: string;
  label: string;
  pen: Pen;
  runs: readonly RunView[];
  /** How often its runs had been made before, with the same seeds. */
  times: number;
  /** Whether its runs do not count any more: all of them or none. */
  tainted: boolean;
}

interface Draft {
  key: string;
  times: number;
  tainted: boolean;
  runs: RunView[];
}

/** States of runs whose lines end early for reasons of their own. */
export const CUT_SHORT: ReadonlySet<string> = new Set([
  'failed',
  'stopped',
  'lost',
  'cancelled'
]);

/**
 * Put runs that differ in their seed alone together, and give them pens.
 *
 * Runs that do not count any more are kept apart, so that no mean mixes them in.
 * A run with the parameters and the seed of an earlier one, such as a rerun, is in
 * a group of its own: it is no further seed, and it is told apart.
 */
export function grouped(
  runs: readonly RunView[],
  varied: readonly string[],
  words: Words
): Group[] {
  const names = varied.filter(name => name !== 'seed');
  const drafts = together(runs, names);
  const ordered =
    names.length === 1 && runs.every(run => swept(run, names[0]!));
  if (ordered) {
    const place = ({ runs: [first] }: Draft): number =>
      first!.parameters[names[0]!] as number;
    const turn = ({ times, tainted }: Draft): number =>
      times + (tainted ? runs.length : 0);
    drafts.sort((a, b) => place(a) - place(b) || turn(a) - turn(b));
  }
  const chosen = penOf(drafts, ordered);
  return drafts.map((draft, index) => ({
    ...draft,
    key: JSON.stringify([
      draft.key,
      draft.times,
      ...(draft.tainted ? ['tainted'] : [])
    ]),
    label: label(draft, names, words),
    pen: draft.tainted ? dimmed(chosen[index]!) : chosen[index]!
  }));
}

function together(runs: readonly RunView[], names: readonly string[]): Draft[] {
  const drafts = new Map<string, Draft>();
  const seen = new Map<string, number>();
  for (const run of runs) {
    const key = JSON.stringify(names.map(name => run.parameters[name] ?? null));
    const tainted = run.taint !== '';
    const exact = `${key} ${run.seed} ${tainted}`;
    const times = seen.get(exact) ?? 0;
    seen.set(exact, times + 1);
    const id = `${key} ${times} ${tainted}`;
    const draft = drafts.get(id) ?? { key, times, tainted, runs: [] };
    draft.runs.push(run);
    drafts.set(id, draft);
  }
  return [...drafts.values()];
}

/** Repetitions have the colour of what they repeat, unless nothing else has one. */
function penOf(drafts: readonly Draft[], ordered: boolean): Pen[] {
  const keys = [...new Set(drafts.map(({ key }) => key))];
  if (keys.length === 1) {
    return pens(drafts.length);
  }
  const chosen = pens(keys.length, ordered);
  return drafts.map(({ key, times }) =>
    repeated(chosen[keys.indexOf(key)]!, keys.length, times)
  );
}

function swept(run: RunView, name: string): boolean {
  return Number.isFinite(run.parameters[name]);
}

function label(
  { runs, times, tainted }: Draft,
  names: readonly string[],
  words: Words
): string {
  const first = settings(runs, names, words);
  const again =
    times === 0
      ? first
      : times === 1
        ? words.__('%1, again', first)
        : words.__('%1, again (%2)', first, times);
  return tainted ? words.__('%1, tainted', again) : again;
}

function settings(
  runs: readonly RunView[],
  names: readonly string[],
  words: Words
): string {
  if (names.length) {
    return names
      .map(name => `${name} = ${value(runs[0]!.parameters[name] ?? null)}`)
      .join(', ');
  }
  if (runs.length === 1) {
    return words.__('run %1', runs[0]!.label);
  }
  return words._n('%1 seed', '%1 seeds', runs.length);
}
