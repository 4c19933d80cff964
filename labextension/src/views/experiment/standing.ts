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

/**
 * What a state means for so many runs, and what to do next.
 *
 * Empty where its word says it all; shorter where a reason stands before it.
 */
export function meaning(
  state: string,
  count: number,
  trans: Words,
  explained = false
): string {
  switch (state) {
    case 'registered':
      return trans._n(
        'It is written down but not submitted; run its cell again to submit it.',
        'They are written down but not submitted; run their cell again to submit them.',
        count
      );
    case 'waiting':
      return explained
        ? ''
        : trans._n(
            'It starts by itself as soon as a slot is free, in the hours it was given.',
            'They start by themselves as soon as slots are free, in the hours they were given.',
            count
          );
    case 'held':
      return trans._n(
        'It waits under a ticket that you did not sign, so it never executes; ' +
          'look at its script, then rerun it under your own name.',
        'They wait under tickets that you did not sign, so they never execute; ' +
          'look at their scripts, then rerun them under your own name.',
        count
      );
    case 'failed':
      return trans._n(
        'It ended with an error; the end of its output says which.',
        'They ended with errors; the end of their output says which.',
        count
      );
    case 'stopped':
      return trans._n(
        'It was stopped before its end; what it logged until then is kept.',
        'They were stopped before their end; what they logged until then is kept.',
        count
      );
    case 'cancelled':
      return trans._n(
        'It was taken back before it started; nothing was run.',
        'They were taken back before they started; nothing was run.',
        count
      );
    case 'lost':
      return explained
        ? trans._n(
            'What it logged is kept: rerun it.',
            'What they logged is kept: rerun them.',
            count
          )
        : trans._n(
            'Its processes vanished without a word, as in a crash of the machine; ' +
              'what it logged is kept: rerun it.',
            'Their processes vanished without a word, as in a crash of the machine; ' +
              'what they logged is kept: rerun them.',
            count
          );
    case 'unknown':
      return trans._n(
        'It was started on another machine, which alone can tell how it stands; ' +
          'open the labbook there.',
        'They were started on another machine, which alone can tell how they stand; ' +
          'open the labbook there.',
        count
      );
    default:
      return '';
  }
}
