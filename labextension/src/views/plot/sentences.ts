/** What a plot says in words: below it, and to those who cannot see it. */

import type { Words } from '../../data/words.js';
import { number, visible } from '../text.js';
import type { Span } from './axes.js';
import { lastPoint } from './curve.js';
import type { PlotChoices, PlotData } from './host.js';
import type { Picture } from './picture.js';

/** Values that a description names. */
const NAMED = 8;

/** The line below the panels: what is left out, and what a band means. */
export function notes(
  { panels, leftOut, averaged, empty }: Picture,
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
  if (averaged) {
    said.push(
      words.__(
        'Lines are means over seeds; bands are ± 1 standard deviation, of two seeds both.'
      )
    );
  }
  if (!empty) {
    said.push(
      window
        ? words.__('Double-click or Escape shows all.')
        : words.__('Drag to zoom.')
    );
  }
  return said.join(' ');
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
