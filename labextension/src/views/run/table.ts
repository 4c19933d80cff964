import type { ExperimentView } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { h } from '../dom.js';
import { columns } from './columns.js';
import { isolated } from './parts.js';
import { StateCell } from './stateCell.js';

/** A line for each run: what varies, where it stands, and its last values. */
export function table(view: ExperimentView, trans: Words): HTMLElement {
  const all = columns(view, trans);
  const header = all.map(({ title, numeric }) =>
    h(
      'th',
      { scope: 'col', class: numeric && 'labbook-number' },
      isolated(title)
    )
  );
  const rows = view.runs.map(run =>
    h(
      'tr',
      { class: run.taint ? 'labbook-tainted' : false },
      ...all.map(column => {
        const text = isolated(column.text(run));
        switch (column.kind) {
          case 'run':
            return h('th', { scope: 'row' }, text);
          case 'state':
            return new StateCell(run, trans).node;
          default:
            return h('td', { class: column.numeric && 'labbook-number' }, text);
        }
      })
    )
  );
  return h(
    'table',
    {},
    h('thead', {}, h('tr', {}, ...header)),
    h('tbody', {}, ...rows)
  );
}
