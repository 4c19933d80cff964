import type { Contact, Freshness } from '../../data/freshness.js';
import type { ExperimentRow, Group } from '../../data/labbook.js';
import type { Progress } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { troubleWords } from '../freshness.js';
import { leftWords } from '../run/left.js';
import { visible } from '../text.js';

/** The groups of the list of runs, in its order. */
export const GROUPS: readonly Group[] = [
  'running',
  'waiting',
  'unconcluded',
  'failed',
  'today'
];

/** States of runs in the order in which a reader wants to know of them. */
const STATES = ['running', 'waiting', 'held', 'failed', 'lost', 'stopped'];

/** States from which a run may still go on by itself. */
const LIVE = ['running', 'waiting', 'held', 'registered'];

export function groupTitle(group: Group, words: Words): string {
  return {
    running: words.__('Running'),
    waiting: words.__('Waiting'),
    unconcluded: words.__('Needs a conclusion'),
    failed: words.__('Failed'),
    today: words.__('Finished today')
  }[group];
}

/** A state, in the reader's language where it is one that is known here. */
export function stateWord(state: string, words: Words): string {
  const known: Record<string, string> = {
    running: words.__('running'),
    waiting: words.__('waiting'),
    held: words.__('held'),
    registered: words.__('registered'),
    finished: words.__('finished'),
    failed: words.__('failed'),
    stopped: words.__('stopped'),
    cancelled: words.__('cancelled'),
    lost: words.__('lost'),
    unknown: words.__('unknown')
  };
  return known[state] ?? visible(state);
}

/** How many runs are in each state, those that matter most first. */
export function statesOf(row: ExperimentRow): [state: string, count: number][] {
  const rank = (state: string): number =>
    (STATES.indexOf(state) + STATES.length + 1) % (STATES.length + 1);
  return Object.entries(row.states)
    .filter(([, count]) => count > 0)
    .sort(([one], [other]) => rank(one) - rank(other));
}

/** How many of an experiment's runs have not ended. */
export function liveRuns(row: ExperimentRow): number {
  return LIVE.reduce((sum, state) => sum + (row.states[state] ?? 0), 0);
}

/** How far a run has come, such as `40 %, about 3 min left`. */
export function progressWords(progress: Progress, words: Words): string {
  const { done, total, remaining, text } = progress;
  const percent = total ? Math.min(100, Math.floor((100 * done) / total)) : 0;
  const parts = [
    total ? words.__('%1 %', percent) : visible(text) || String(done),
    leftWords(remaining, words)
  ];
  return parts.filter(part => part).join(', ');
}

/** What was asked, or why it was run. */
export function asked(row: ExperimentRow): string {
  return visible(row.question || row.why);
}

/** The time of day, with the date where that is another one. */
export function moment(iso: string, now = new Date()): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return '';
  }
  const time: Intl.DateTimeFormatOptions = {
    hour: '2-digit',
    minute: '2-digit'
  };
  return date.toDateString() === now.toDateString()
    ? date.toLocaleTimeString([], time)
    : date.toLocaleDateString([], { dateStyle: 'medium' });
}

/** What a reader should know about the age of what is shown; or nothing. */
export function freshnessWords(freshness: Freshness, words: Words): string {
  return freshness.contact === 'polling'
    ? visible(freshness.sentence) || words.__('Looks every few seconds.')
    : troubleWords(freshness, words);
}

/** The same in two or three words, where there is no room for more. */
export function troubleWord(contact: Contact, words: Words): string {
  return {
    live: '',
    polling: '',
    stale: words.__('Labbook: no answer'),
    unauthorized: words.__('Labbook: log in again'),
    gone: words.__('Labbook: gone')
  }[contact];
}
