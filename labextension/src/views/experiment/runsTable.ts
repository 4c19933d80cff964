import type { ExperimentView, RunView } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { arrange, h, setAttributes, setText } from '../dom.js';
import { columns, sorted, type Column } from '../run/columns.js';
import { isolated } from '../run/parts.js';
import { StateCell } from '../run/stateCell.js';
import { visible } from '../text.js';

interface Row {
  node: HTMLTableRowElement;
  pick: HTMLButtonElement;
  state: StateCell;
  /** Cells of the other columns, in their order. */
  cells: { column: Column; node: HTMLElement }[];
}

/** Beyond this many runs the table scrolls under its header. */
const TALL = 50;

/** All runs: sorted by what a reader clicks on, some of them chosen. */
export class RunsTable {
  readonly node: HTMLElement;

  constructor(trans: Words, select: (runs: readonly string[]) => void) {
    this._trans = trans;
    this._select = select;
    this._heads = h('tr', {});
    this._body = h('tbody', {});
    this.node = h(
      'div',
      {
        class: 'labbook-scroll labbook-runs',
        role: 'region',
        'aria-label': trans.__('Runs')
      },
      h('table', {}, h('thead', {}, this._heads), this._body)
    );
    this._body.addEventListener('click', event => this._clicked(event));
  }

  update(view: ExperimentView, chosen: readonly string[]): void {
    this._view = view;
    this._chosen = new Set(chosen);
    const tall = view.runs.length > TALL;
    this.node.classList.toggle('labbook-tall', tall);
    setAttributes(this.node, { tabindex: tall ? 0 : null });
    const all = columns(view, this._trans);
    const shape = JSON.stringify(all.map(({ key, title }) => [key, title]));
    if (shape !== this._shape) {
      this._shape = shape;
      this._rows.clear();
      this._header(all);
    }
    this._columns = all;
    this._draw();
  }

  private _draw(): void {
    const { runs } = this._view!;
    const by = this._columns.find(({ key }) => key === this._by);
    const order = by ? sorted(runs, by, this._descending) : runs;
    const known = new Set(runs.map(run => run.label));
    for (const label of this._rows.keys()) {
      if (!known.has(label)) {
        this._rows.delete(label);
      }
    }
    arrange(
      this._body,
      order.map(run => this._row(run).node)
    );
  }

  private _row(run: RunView): Row {
    let row = this._rows.get(run.label);
    if (!row) {
      row = this._newRow(run);
      this._rows.set(run.label, row);
    }
    row.state.update(run);
    for (const { column, node } of row.cells) {
      const now = this._columns.find(({ key }) => key === column.key)!;
      setText(node, visible(now.text(run)));
    }
    row.node.classList.toggle('labbook-tainted', run.taint !== '');
    const chosen = String(this._chosen.has(run.label));
    if (row.pick.getAttribute('aria-pressed') !== chosen) {
      row.pick.setAttribute('aria-pressed', chosen);
      row.node.classList.toggle('labbook-chosen', chosen === 'true');
    }
    return row;
  }

  private _newRow(run: RunView): Row {
    const pick = h(
      'button',
      {
        type: 'button',
        class: 'labbook-pick',
        'aria-label': this._trans.__('Run %1', visible(run.label))
      },
      isolated(run.label)
    );
    const state = new StateCell(run, this._trans);
    const cells: Row['cells'] = [];
    const nodes = this._columns.map(column => {
      if (column.kind === 'run') {
        return h('th', { scope: 'row' }, pick);
      }
      if (column.kind === 'state') {
        return state.node;
      }
      const node = h('bdi', {});
      cells.push({ column, node });
      return h('td', { class: column.numeric && 'labbook-number' }, node);
    });
    const node = h('tr', { 'data-run': run.label }, ...nodes);
    return { node, pick, state, cells };
  }

  private _header(all: readonly Column[]): void {
    this._heads.replaceChildren(
      ...all.map(({ key, title, numeric }) => {
        const sort = h('button', { type: 'button' }, isolated(title));
        sort.addEventListener('click', () => this._sort(key));
        return h(
          'th',
          { scope: 'col', class: numeric && 'labbook-number', 'data-key': key },
          sort
        );
      })
    );
    this._marks();
  }

  /** By a column; once more the other way round, then as they were made. */
  private _sort(key: string): void {
    if (this._by !== key) {
      [this._by, this._descending] = [key, false];
    } else if (!this._descending) {
      this._descending = true;
    } else {
      [this._by, this._descending] = ['', false];
    }
    this._marks();
    this._draw();
  }

  private _marks(): void {
    for (const cell of this._heads.querySelectorAll('th')) {
      const way = this._descending ? 'descending' : 'ascending';
      setAttributes(cell, {
        'aria-sort': cell.dataset.key === this._by ? way : null
      });
    }
  }

  private _clicked(event: Event): void {
    const row = (event.target as Element).closest('tr');
    const label = row?.dataset.run;
    const reading = !document.getSelection()?.isCollapsed;
    const onButton = (event.target as Element).closest('button');
    if (label !== undefined && (onButton || !reading)) {
      const alone = this._chosen.size === 1 && this._chosen.has(label);
      this._select(alone ? [] : [label]);
    }
  }

  private _trans: Words;
  private _select: (runs: readonly string[]) => void;
  private _view: ExperimentView | null = null;
  private _chosen: ReadonlySet<string> = new Set();
  private _columns: Column[] = [];
  private _shape = '';
  private _rows = new Map<string, Row>();
  private _by = '';
  private _descending = false;
  private _heads: HTMLTableRowElement;
  private _body: HTMLTableSectionElement;
}
