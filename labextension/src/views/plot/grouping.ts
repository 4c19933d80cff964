/** Which runs are drawn alike. */

import type { RunView } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { value } from '../text.js';
import { pens, type Pen } from './pens.js';

/** Runs with the same values of the parameters that were varied. */
export interface Group {
  key: string;
  label: string;
  pen: Pen;
  runs: readonly RunView[];
}

/** States of runs whose lines end early for reasons of their own. */
export const CUT_SHORT: ReadonlySet<string> = new Set([
  'failed',
  'stopped',
  'lost',
  'cancelled'
]);

/** Put runs that differ in their seed alone together, and give them pens. */
export function grouped(
  runs: readonly RunView[],
  varied: readonly string[],
  words: Words
): Group[] {
  const names = varied.filter(name => name !== 'seed');
  const together = new Map<string, RunView[]>();
  for (const run of runs) {
    const key = JSON.stringify(names.map(name => run.parameters[name] ?? null));
    const others = together.get(key);
    if (others) {
      others.push(run);
    } else {
      together.set(key, [run]);
    }
  }
  const groups = [...together];
  const ordered =
    names.length === 1 && runs.every(run => swept(run, names[0]!));
  if (ordered) {
    const place = (members: RunView[]): number =>
      members[0]!.parameters[names[0]!] as number;
    groups.sort(([, a], [, b]) => place(a) - place(b));
  }
  const chosen = pens(groups.length, ordered);
  return groups.map(([key, members], index) => ({
    key,
    label: label(members, names, words),
    pen: chosen[index]!,
    runs: members
  }));
}

/** Whether runs may be averaged: each is another seed of the same thing. */
export function differOnlyBySeed(runs: readonly RunView[]): boolean {
  return (
    runs.length > 1 && new Set(runs.map(run => run.seed)).size === runs.length
  );
}

function swept(run: RunView, name: string): boolean {
  return Number.isFinite(run.parameters[name]);
}

function label(
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
  return differOnlyBySeed(runs)
    ? words._n('%1 seed', '%1 seeds', runs.length)
    : words._n('%1 run', '%1 runs', runs.length);
}
