import type { ListName, PlanItem } from '../../data/plan.js';
import { arrange, focused, h, icon, setText } from '../dom.js';
import { endsLine, growingField, type GrowingField } from '../growing.js';
import { matchRows } from './match.js';
import { RowView, type RowHost } from './row.js';
import { listWords, summary } from './words.js';

let lists = 0;

/** One of the five lists: heading, rows, and the field that adds to it. */
export class ListView {
  readonly node: HTMLElement;

  constructor(list: ListName, host: RowHost) {
    this._list = list;
    this._host = host;
    const words = listWords(host.words)[list];
    const id = `labbook-list-${(lists += 1)}`;
    this._count = h('span', { class: 'labbook-count' });
    this._rowsNode = h('ul', { 'aria-labelledby': id });
    this._empty = h('p', { class: 'labbook-empty' }, words.empty);
    this._field = growingField({
      placeholder: words.add,
      'aria-label': words.add,
      class: 'labbook-new'
    });
    this._field.input.addEventListener('keydown', event => {
      if (endsLine(event)) {
        event.preventDefault();
        this._add();
      }
    });
    this._rowsNode.addEventListener('focusin', () => this._setStop());
    this.node = h(
      'section',
      { class: 'labbook-list', 'data-list': list, 'aria-labelledby': id },
      h('h3', {}, h('span', { id }, words.title), this._count),
      this._rowsNode,
      this._empty,
      h('div', { class: 'labbook-add' }, icon('plus'), this._field.node)
    );
  }

  /** Where the arrow keys stop, from top to bottom. */
  get stops(): { focus(): void }[] {
    return [...this._rows.filter(row => !row.going), this._field.input];
  }

  get field(): HTMLTextAreaElement {
    return this._field.input;
  }

  /** Which item a row comes to stand before by a step; see `RowHost`. */
  before(row: RowView, step: -1 | 1): string | null {
    const rows = this._rows.filter(each => each.shown.id && !each.going);
    const place = rows.indexOf(row) + step;
    if (place < 0 || place >= rows.length) {
      return null;
    }
    return rows[step < 0 ? place : place + 1]?.shown.id ?? '';
  }

  /** The row around a node, if any. */
  rowOf(node: Node | null): RowView | undefined {
    return this._rows.find(row => row.node.contains(node));
  }

  /** The row that shows a text, if any. */
  rowWith(text: string): RowView | undefined {
    return this._rows.find(row => row.shown.text === text);
  }

  /** Show the list's new items. */
  update(items: readonly PlanItem[]): void {
    setText(this._count, summary(items, this._host.words));
    const old = this._rows;
    const active = focused(this.node);
    const had = old.findIndex(row => row.node.contains(active));
    const found = matchRows(
      old.map(row => row.shown),
      items
    );
    const rows = items.map((item, index) => {
      const row = old[found[index]!];
      row?.update(item);
      return row ?? new RowView(item, true, this._host);
    });
    this._keep(old, rows);
    this._rows = rows;
    arrange(
      this._rowsNode,
      rows.map(row => row.node)
    );
    this._empty.hidden = rows.length > 0;
    if (had !== -1 && !rows.includes(old[had]!)) {
      (rows[Math.min(had, rows.length - 1)] ?? this._field.input).focus();
    }
    this._setStop();
  }

  /** Rows that hold a person's text stay, each below the row it was below. */
  private _keep(old: readonly RowView[], rows: RowView[]): void {
    old.forEach((row, index) => {
      if (!rows.includes(row) && row.keeps) {
        row.update(null);
        rows.splice(rows.indexOf(old[index - 1]!) + 1, 0, row);
      }
    });
  }

  private _add(): void {
    const text = this._field.value;
    if (!text) {
      return;
    }
    const item: PlanItem = {
      id: '',
      list: this._list,
      text,
      done: false,
      priority: 'normal',
      expected: '',
      setup: '',
      impact: ''
    };
    const row = new RowView(item, false, this._host);
    this._rows.push(row);
    this._rowsNode.append(row.node);
    this._empty.hidden = true;
    this._field.value = '';
    this._setStop();
    row.add();
  }

  private _setStop(): void {
    const active = focused(this.node);
    const current = this.rowOf(active) ?? this._stop;
    this._stop = this._rows.includes(current!) ? current : this._rows[0];
    for (const row of this._rows) {
      row.setStop(row === this._stop);
    }
  }

  private _list: ListName;
  private _host: RowHost;
  private _rows: RowView[] = [];
  private _stop: RowView | undefined;
  private _count: HTMLElement;
  private _rowsNode: HTMLUListElement;
  private _empty: HTMLElement;
  private _field: GrowingField;
}
