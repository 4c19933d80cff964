/** The four small pictures of a digest: outcomes, night, days, forecasts. */

import type { Digest } from '../../data/digest.js';
import type { Outcome } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { h } from '../dom.js';
import { visible } from '../text.js';
import { hours } from './words.js';

const ORDER: readonly Outcome[] = [
  'supported',
  'refuted',
  'inconclusive',
  'withdrawn',
  'pending'
];
const MOST_DOTS = 24;

export function strip(digest: Digest, words: Words): HTMLElement {
  return h(
    'dl',
    { class: 'labbook-strip' },
    ...predictions(digest, words),
    ...night(digest, words),
    ...days(digest, words),
    ...forecasts(digest, words)
  );
}

function tile(
  title: string,
  picture: HTMLElement | null,
  said: string,
  more = ''
): HTMLElement[] {
  const node = h(
    'div',
    {},
    h('dt', {}, title),
    h(
      'dd',
      {},
      ...(picture ? [picture] : []),
      h('b', {}, said),
      ...(more ? [h('small', {}, more)] : [])
    )
  );
  return [node];
}

function predictions({ results }: Digest, words: Words): HTMLElement[] {
  const found = results.flatMap(({ verdicts }) =>
    verdicts.map(({ outcome }) => outcome)
  );
  const counted = ORDER.map(
    outcome => [outcome, found.filter(each => each === outcome).length] as const
  ).filter(([, count]) => count > 0);
  const named: Record<Outcome, string> = {
    supported: words.__('supported'),
    refuted: words.__('refuted'),
    inconclusive: words.__('inconclusive'),
    withdrawn: words.__('withdrawn'),
    pending: words.__('pending')
  };
  const dots = h('div', { class: 'labbook-dots', 'aria-hidden': 'true' });
  for (const [outcome, count] of counted) {
    for (let made = 0; made < Math.min(count, MOST_DOTS); made += 1) {
      dots.append(h('i', { 'data-outcome': outcome }));
    }
  }
  const said = counted.map(([outcome, count]) => `${count} ${named[outcome]}`);
  return tile(
    words.__('Predictions'),
    counted.length ? dots : null,
    said.join(', ') || words.__('none to judge')
  );
}

function night({ hours: of }: Digest, words: Words): HTMLElement[] {
  if (!of.there) {
    return tile(words.__('The night'), null, words.__('none in between'));
  }
  const part = Math.min(1, of.used / of.there);
  const fill = h('i', {});
  fill.style.width = `${(100 * part).toFixed(1)}%`;
  return tile(
    words.__('The night'),
    h('div', { class: 'labbook-gauge', 'aria-hidden': 'true' }, fill),
    words.__('%1 of %2 h used', hours(of.used / 3600), hours(of.there / 3600))
  );
}

function days({ streak }: Digest, words: Words): HTMLElement[] {
  const marks = h(
    'div',
    { class: 'labbook-days', 'aria-hidden': 'true' },
    ...streak.recent.map(count => h('i', { 'data-on': count > 0 || null }))
  );
  const said = streak.days
    ? words._n('1 day in a row', '%1 days in a row', streak.days)
    : words.__('none of late');
  const more =
    streak.longest > streak.days ? words.__('%1 at best', streak.longest) : '';
  return tile(words.__('An experiment a day'), marks, said, more);
}

function forecasts(
  { forecasts: every, judgement }: Digest,
  words: Words
): HTMLElement[] {
  if (!every.count) {
    return tile(words.__('Your forecasts'), null, words.__('none decided yet'));
  }
  const more = [words.__('Brier score %1', every.brier.toFixed(2))];
  if (judgement) {
    more.push(visible(judgement));
  }
  return tile(
    words.__('Your forecasts'),
    null,
    words.__('%1 of %2 came true', every.hits, every.count),
    more.join(' · ')
  );
}
