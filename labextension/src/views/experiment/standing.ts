/** Where the runs of an experiment stand, in words. */

import type { ExperimentView, RunView } from '../../data/run.js';
import type { Words } from '../../data/words.js';

const ENDED = new Set(['finished', 'failed', 'stopped', 'cancelled', 'lost']);

/** What a reader should see first. */
const ORDER = [
  ...['running', 'waiting', 'held', 'failed', 'lost', 'unknown'],
  ...['stopped', 'cancelled', 'registered', 'finished']
];

export function ended(run: RunView): boolean {
  return ENDED.has(run.state);
}

/** Whether a run waits or executes: it can be stopped. */
export function live(run: RunView): boolean {
  return run.state === 'running' || run.state === 'waiting';
}

export function allEnded(view: ExperimentView): boolean {
  return view.runs.length > 0 && view.runs.every(ended);
}

/** The states that there are, each with its number of runs. */
export function counts(runs: readonly RunView[]): [string, number][] {
  const found = new Map<string, number>();
  for (const { state } of runs) {
    found.set(state, (found.get(state) ?? 0) + 1);
  }
  const place = (state: string): number =>
    (ORDER.indexOf(state) + ORDER.length + 1) % (ORDER.length + 1);
  return [...found].sort(([a], [b]) => place(a) - place(b));
}

/** One state for all: what is happening now, else what went wrong. */
export function overall(runs: readonly RunView[]): string {
  return counts(runs)[0]?.[0] ?? 'registered';
}

/** How much of a run is done, from 0 to 1; null where it has no end. */
export function share(run: RunView): number | null {
  if (ended(run)) {
    return 1;
  }
  const { progress } = run;
  if (run.state !== 'running') {
    return 0;
  }
  return progress?.total && progress.total > 0
    ? Math.min(1, Math.max(0, progress.done / progress.total))
    : null;
}

/** How much of all is done; null where a single run does not tell. */
export function shareOfAll(runs: readonly RunView[]): number | null {
  const shares = runs.map(share);
  if (!runs.length || (runs.length === 1 && shares[0] === null)) {
    return null;
  }
  return (
    shares.reduce<number>((sum, each) => sum + (each ?? 0), 0) / runs.length
  );
}

/**
 * Seconds until the last run ends; null where nothing tells.
 *
 * Waiting runs are taken to last as long as those that finished, and to run as
 * many side by side as run now.
 */
export function timeLeft(runs: readonly RunView[]): number | null {
  const running = runs.filter(run => run.state === 'running');
  const known = running.flatMap(run => run.progress?.remaining ?? []);
  if (!running.length || known.length < running.length) {
    return null;
  }
  const left = Math.max(...known);
  const waiting = runs.filter(run => run.state === 'waiting').length;
  if (!waiting) {
    return left;
  }
  const past = runs
    .filter(run => run.state === 'finished')
    .flatMap(run => run.seconds ?? []);
  if (!past.length) {
    return null;
  }
  const mean = past.reduce((sum, each) => sum + each, 0) / past.length;
  return left + Math.ceil(waiting / running.length) * mean;
}

/** What a state means and what to do next; empty where its word says it all. */
export function meaning(state: string, trans: Words): string {
  switch (state) {
    case 'registered':
      return trans.__(
        'It is written down but not submitted; run its cell again to submit it.'
      );
    case 'waiting':
      return trans.__(
        'It starts by itself as soon as a slot is free, in the hours it was given.'
      );
    case 'held':
      return trans.__(
        'It waits under a ticket that you did not sign, so it never executes; ' +
          'look at its script, then rerun it under your own name.'
      );
    case 'failed':
      return trans.__(
        'It ended with an error; the end of its output says which.'
      );
    case 'stopped':
      return trans.__(
        'It was stopped before its end; what it logged until then is kept.'
      );
    case 'cancelled':
      return trans.__('It was taken back before it started; nothing was run.');
    case 'lost':
      return trans.__(
        'Its processes vanished without a word, as in a crash of the machine; ' +
          'what it logged is kept: rerun it.'
      );
    case 'unknown':
      return trans.__(
        'It was started on another machine, which alone can tell how it stands; ' +
          'open the labbook there.'
      );
    default:
      return '';
  }
}
