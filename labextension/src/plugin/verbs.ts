/** What commands do with one experiment, after asking. */

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import type { ExperimentRow, Group } from '../data/labbook.js';
import type { Words } from '../data/words.js';
import { h } from '../views/dom.js';
import { asked, liveRuns } from '../views/panel/words.js';
import { visible } from '../views/text.js';
import type { ILabbook } from './labbook.js';

export const LIVE: readonly Group[] = ['running', 'waiting'];
export const ENDED: readonly Group[] = ['unconcluded', 'failed', 'today'];

async function stop(
  labbook: ILabbook,
  row: ExperimentRow,
  words: Words
): Promise<void> {
  const count = liveRuns(row);
  const name = visible(row.name);
  const answer = await showDialog({
    title: words.__('Stop %1?', name),
    body: words._n('One run will end.', '%1 runs will end.', count),
    buttons: [
      Dialog.cancelButton({ label: words.__('Cancel') }),
      Dialog.warnButton({ label: words.__('Stop') })
    ]
  });
  if (answer.button.accept) {
    await labbook.source.stop(row.experiment);
  }
}

class ConclusionBody extends Widget implements Dialog.IBodyWidget<string> {
  constructor(row: ExperimentRow, words: Words) {
    const field = h('textarea', {
      ...{ rows: 5, dir: 'auto', class: 'labbook-field' },
      'aria-label': words.__('What did you learn?'),
      placeholder: words.__('What did you learn?')
    });
    field.value = row.conclusion;
    super({
      node: h(
        'div',
        { class: 'labbook labbook-conclude' },
        h('p', { dir: 'auto' }, asked(row)),
        field
      )
    });
    this._field = field;
  }

  getValue(): string {
    return this._field.value.trim();
  }

  private _field: HTMLTextAreaElement;
}

async function conclude(
  labbook: ILabbook,
  row: ExperimentRow,
  words: Words
): Promise<void> {
  const answer = await showDialog({
    title: words.__('Conclude %1', visible(row.name)),
    body: new ConclusionBody(row, words),
    focusNodeSelector: 'textarea',
    buttons: [
      Dialog.cancelButton({ label: words.__('Cancel') }),
      Dialog.okButton({ label: words.__('Save') })
    ]
  });
  if (answer.button.accept && answer.value) {
    await labbook.source.conclude(row.experiment, answer.value, row.conclusion);
  }
}

/** What can be done with one experiment, which is asked for if nobody names it. */
export interface Verb {
  name: string;
  label: string;
  caption: string;
  /** Where those are that it can be done with. */
  groups: readonly Group[];
  which: string;
  act: typeof stop;
}

export const verbs = (words: Words): readonly Verb[] => [
  {
    name: 'stop',
    label: words.__('Stop Experiment…'),
    caption: words.__("Stop an experiment's runs, after asking"),
    groups: LIVE,
    which: words.__('Stop which experiment?'),
    act: stop
  },
  {
    name: 'conclude',
    label: words.__('Conclude Experiment…'),
    caption: words.__('Write down what was learned'),
    groups: ENDED,
    which: words.__('Conclude which experiment?'),
    act: conclude
  }
];
