/** What is said aloud: each change of state and each verdict once. */

import type { ExperimentView } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { visible } from '../text.js';
import { allEnded, counts } from './standing.js';

/** What has happened between two views; empty if nothing worth a word. */
export function news(
  before: ExperimentView,
  after: ExperimentView,
  trans: Words
): string {
  return [...moves(before, after, trans), ...judged(before, after, trans)]
    .filter(sentence => sentence)
    .join(' ');
}

function moves(
  before: ExperimentView,
  after: ExperimentView,
  trans: Words
): string[] {
  if (allEnded(after) && !allEnded(before) && after.runs.length > 1) {
    const words = counts(after.runs).map(([state, many]) => `${many} ${state}`);
    return [trans.__('All runs have ended: %1.', visible(words.join(', ')))];
  }
  const old = new Map(before.runs.map(run => [run.label, run.state]));
  const moved = after.runs.filter(
    run => old.has(run.label) && old.get(run.label) !== run.state
  );
  // A long sweep speaks up only for what its reader may want to act on.
  const told =
    after.runs.length > 8
      ? moved.filter(run => ['failed', 'lost'].includes(run.state))
      : moved;
  return told.map(run =>
    trans.__('Run %1 is %2.', visible(run.label), visible(run.state))
  );
}

function judged(
  before: ExperimentView,
  after: ExperimentView,
  trans: Words
): string[] {
  const old = new Map(
    before.verdicts.map(each => [each.prediction, each.outcome])
  );
  return after.verdicts
    .filter(
      ({ prediction, outcome }) =>
        outcome !== 'pending' && old.get(prediction) !== outcome
    )
    .map(({ prediction, outcome }) =>
      trans.__('Prediction %1: %2.', visible(prediction), outcome)
    );
}
