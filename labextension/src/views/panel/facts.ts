import type { ExperimentRow } from '../../data/labbook.js';
import type { Words } from '../../data/words.js';
import { h } from '../dom.js';
import { chip } from '../run/parts.js';
import { progressWords, stateWord, statesOf } from './words.js';

/** Verdicts of an experiment as chips: a word and a colour, and how many. */
export function verdictChips(row: ExperimentRow, words: Words): HTMLElement[] {
  const counts = new Map<string, number>();
  for (const outcome of row.verdicts) {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  counts.delete('pending');
  const named: Record<string, string> = {
    supported: words.__('supported'),
    refuted: words.__('refuted'),
    inconclusive: words.__('inconclusive'),
    withdrawn: words.__('withdrawn')
  };
  return [...counts].map(([outcome, count]) => {
    const word = named[outcome] ?? outcome;
    const node = chip(outcome);
    node.textContent = count === 1 ? word : `${count} ${word}`;
    return node;
  });
}

/** Runs in each state as chips; a single run needs no count. */
export function stateChips(row: ExperimentRow, words: Words): HTMLElement[] {
  const states = statesOf(row);
  const runs = states.reduce((sum, [, count]) => sum + count, 0);
  const chips = states.map(([state, count]) => {
    const node = chip(state);
    const word = stateWord(state, words);
    if (state === 'finished') {
      // What is to be seen at once is what it found.
      node.dataset.tone = 'quiet';
    }
    node.textContent = runs === 1 ? word : `${count} ${word}`;
    return node;
  });
  if (row.tainted) {
    const word =
      runs === 1 ? words.__('tainted') : words.__('%1 tainted', row.tainted);
    chips.push(chip(word, 'warn'));
  }
  return chips;
}

/** A bar and words for how far an experiment has come. */
export function progressLine(row: ExperimentRow, words: Words): HTMLElement[] {
  const progress = row.progress;
  if (!progress) {
    return [];
  }
  const said = progressWords(progress, words);
  const bar = h('progress', {
    ...{ 'aria-label': said, max: progress.total || 1 },
    value: progress.total ? Math.min(progress.done, progress.total) : null
  });
  return [h('div', { class: 'labbook-progress' }, bar, h('span', {}, said))];
}
