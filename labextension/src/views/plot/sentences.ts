/** What a plot says in words: below it, and to those who cannot see it. */

import type { Words } from '../../data/words.js';
import { number, visible } from '../text.js';
import type { Span } from './axes.js';
import { lastPoint } from './curve.js';
import type { Copied } from './copying.js';
import type { PlotChoices, PlotData } from './host.js';
import type { Copy } from './toolbar.js';
import type { Picture } from './picture.js';

/** Values that a description names. */
const NAMED = 8;

/** The line below the panels: what is left out, and what a band means. */
export function notes(
  { panels, leftOut, empty }: Picture,
  { logX, logY }: PlotChoices,
  window: Span | null,
  words: Words
): string {
  const said: string[] = [];
  if (leftOut > 0 && (logX || logY)) {
    said.push(
      words._n(
        '%1 point at or below 0 has no place on a logarithmic axis.',
        '%1 points at or below 0 have no place on a logarithmic axis.',
        leftOut
      )
    );
  }
  if (panels.some(panel => panel.own)) {
    said.push(
      words.__('Each metric is drawn over its own range, named beside it.')
    );
  }
  said.push(bandWords(panels, words));
  if (!empty) {
    said.push(
      window
        ? words.__('Double-click or Escape shows all.')
        : words.__('Drag to zoom.')
    );
  }
  return said.filter(sentence => sentence).join(' ');
}

/** What bands mean; empty where there are none. */
function bandWords(panels: Picture['panels'], words: Words): string {
  const marks = panels.flatMap(panel => panel.marks);
  const seeds = new Set(marks.flatMap(({ band }) => band?.seeds ?? []));
  if (!seeds.size) {
    return '';
  }
  if (!seeds.has(2)) {
    return words.__(
      'Lines are means over seeds; bands are one standard deviation (sd) to both sides.'
    );
  }
  return seeds.size === 1
    ? words.__(
        'Lines are means over seeds; bands reach from one seed to the other.'
      )
    : words.__(
        'Lines are means over seeds; bands are one standard deviation (sd) to both sides, of two seeds both.'
      );
}

/** What a plot without values waits for, or why there will be none. */
export function emptyWords({ lines, runs }: PlotData, words: Words): string {
  const count = (state: string): number =>
    runs.filter(run => run.state === state).length;
  const [waiting, held] = [count('waiting'), count('held')];
  if (!runs.length) {
    return words.__('No runs yet: run the cell to submit them.');
  }
  if (!lines.length && runs.some(run => Object.keys(run.final).length)) {
    // States and last values come before lines do.
    return words.__('What was logged has not been read yet.');
  }
  if (count('running')) {
    return words.__(
      'Nothing logged yet: log(loss=…) in the cell draws it here'
    );
  }
  if (waiting) {
    return words._n(
      'The run waits for a free slot in the hours it was given; what it logs is drawn here.',
      '%1 runs wait for a free slot in the hours they were given; what they log is drawn here.',
      waiting
    );
  }
  if (held) {
    return words._n(
      'The run is held: it never executes under a ticket that you did not sign.',
      '%1 runs are held: they never execute under tickets that you did not sign.',
      held
    );
  }
  return count('registered')
    ? words.__('Not submitted yet: run the cell to submit it.')
    : words.__('Nothing was logged: log(loss=…) in the cell draws it here');
}

/** What has become of a copy. */
export function copyWords(what: Copy, how: Copied, words: Words): string {
  const picture = what === 'picture';
  switch (how) {
    case 'copied':
      return picture
        ? words.__('The plot is on the clipboard as a picture.')
        : words.__('The values are on the clipboard as CSV.');
    case 'saved':
      return words.__(
        'The clipboard was refused; saved as %1.',
        picture ? 'plot.png' : 'plot.csv'
      );
    case 'failed':
      return words.__(
        'This browser could not make a picture of the plot; copy the values as CSV.'
      );
  }
}

/** A plot for those who cannot see it. */
export function describe(
  { panels, groups, shownMetrics, empty }: Picture,
  { runs }: PlotData,
  words: Words
): string {
  if (empty) {
    return words.__('Plot without values yet');
  }
  const ends = panels
    .flatMap(panel => panel.marks)
    .filter(mark => !mark.faint)
    .slice(0, NAMED)
    .flatMap(({ metric, group, curve }) => {
      const last = lastPoint(curve);
      return last ? [`${metric}, ${group.label}: ${number(last[1])}`] : [];
    });
  return visible(
    [
      words._n(
        'Plot of %2 for %1 run',
        'Plot of %2 for %1 runs',
        runs.length,
        shownMetrics.join(', ')
      ),
      groups.length > 1
        ? words._n('in %1 group', 'in %1 groups', groups.length)
        : '',
      ends.length ? words.__('last values: %1', ends.join('; ')) : ''
    ]
      .filter(part => part)
      .join('; ')
  );
}
