/** How the queue and the digest speak of time. */

import type { Queue, QueueEntry, Severity } from '../../data/queue.js';
import type { Words } from '../../data/words.js';
import { visible } from '../text.js';
import { zoneOf } from './scale.js';

/**
 * A moment by the clock of the zone it is written in, as seen from another one.
 *
 * The day is named where it is not the same.
 */
export function clock(moment: string, now: string): string {
  const [day, time] = [moment.slice(0, 10), moment.slice(11, 16)];
  if (!/^\d\d:\d\d$/.test(time) || day === now.slice(0, 10)) {
    return time;
  }
  const noon = new Date(`${day}T12:00:00Z`);
  const name = Number.isNaN(noon.getTime())
    ? day
    : noon.toLocaleDateString([], { weekday: 'short', timeZone: 'UTC' });
  return `${name} ${time}`;
}

const DAY = 86_400_000;

/** An end, which needs no day where it is the next time that clocks show it. */
function until(end: string, begin: string): string {
  const near = Date.parse(end) - Date.parse(begin) < DAY;
  return near ? clock(end, end) : clock(end, begin);
}

/** A moment in UTC, by the clock of the zone of another one. */
export function local(moment: string, now: string): string {
  const shifted = new Date(Date.parse(moment) + zoneOf(now));
  return Number.isNaN(shifted.getTime())
    ? ''
    : clock(shifted.toISOString(), now);
}

/** When a run begins and ends, as far as anybody can tell. */
export function hoursOf(entry: QueueEntry, now: string): string {
  const { begins, ends } = entry;
  if (!begins) {
    return '';
  }
  const from = clock(begins, now);
  return ends ? `${from} – ${until(ends, begins)}` : `${from} – ?`;
}

/** Hours with a decimal where that says something. */
export function hours(of: number): string {
  return of >= 10 ? of.toFixed(0) : of.toFixed(1).replace(/\.0$/, '');
}

/** The window that most of what waits is to start in. */
export function windowWords(queue: Queue, words: Words): string {
  const { window, opens, closes, moment } = queue;
  const name = visible(window);
  if (!opens) {
    return name;
  }
  const begin = clock(opens, moment);
  return closes
    ? words.__('%1: %2 to %3', name, begin, until(closes, opens))
    : words.__('%1: from %2', name, begin);
}

/** How full that window is; or nothing. */
export function usedWords(
  { hoursUsed, hoursThere }: Queue,
  words: Words
): string {
  return hoursThere > 0
    ? words.__('%1 of %2 h used', hours(hoursUsed), hours(hoursThere))
    : '';
}

/** When the next window opens, for a place with little room; or nothing. */
export function opensWords(queue: Queue | null, words: Words): string {
  if (!queue || !queue.opens) {
    return '';
  }
  if (queue.paused) {
    return words.__('queue paused');
  }
  const waits = queue.entries.some(
    ({ state, when }) => state === 'waiting' && when !== 'now'
  );
  const later = Date.parse(queue.opens) > Date.parse(queue.moment);
  return waits && later
    ? words.__('window opens %1', clock(queue.opens, queue.moment))
    : '';
}

/** A sign and a word: nobody has to tell colours apart. */
export function severityWords(severity: Severity, words: Words): string {
  return {
    problem: `✗ ${words.__('problem')}`,
    warning: `! ${words.__('warning')}`,
    note: `· ${words.__('note')}`
  }[severity];
}

export const SEVERITY_TONES: Readonly<Record<Severity, string>> = {
  problem: 'bad',
  warning: 'warn',
  note: 'quiet'
};
