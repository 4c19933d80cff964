import type { Freshness } from '../data/freshness.js';
import type { Words } from '../data/words.js';
import { visible } from './text.js';

/**
 * Why what is shown may be old, and since when: one sentence for every view.
 *
 * Empty while all is well.
 */
export function troubleWords(freshness: Freshness, words: Words): string {
  const { contact, since, sentence } = freshness;
  if (contact === 'live' || contact === 'polling') {
    return '';
  }
  const otherwise: Record<typeof contact, string> = {
    stale: words.__('The server does not answer; trying again.'),
    unauthorized: words.__(
      'Your session has ended; log in again, then reload this page.'
    ),
    gone: words.__('What was shown is gone; was it moved?')
  };
  const why = visible(sentence) || otherwise[contact];
  return since
    ? words.__('Shown as of %1: %2', clock(since), uncapitalised(why))
    : why;
}

/** The time of a moment, with the day unless that is today. */
function clock(moment: Date): string {
  const time = { hour: '2-digit', minute: '2-digit' } as const;
  const today = moment.toDateString() === new Date().toDateString();
  const day = today ? {} : ({ day: 'numeric', month: 'short' } as const);
  return moment.toLocaleString([], { ...day, ...time, hourCycle: 'h23' });
}

function uncapitalised(sentence: string): string {
  return /^[A-Z][a-z]/.test(sentence)
    ? sentence.charAt(0).toLowerCase() + sentence.slice(1)
    : sentence;
}
