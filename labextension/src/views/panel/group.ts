import type { ExperimentRow, Group } from '../../data/labbook.js';
import { arrange, focused, h, icon, setAttributes, setText } from '../dom.js';
import { ItemView, type ItemHost } from './item.js';
import { groupTitle } from './words.js';

export interface GroupHost extends ItemHost {
  folded(group: Group, folded: boolean): void;
  /** Look for the rows that the list has no room for. */
  searchMore(): void;
}

let groups = 0;

/** A heading that folds, and the experiments below it. */
export class GroupView {
  readonly node: HTMLElement;

  constructor(
    readonly group: Group,
    private _host: GroupHost,
    folded: boolean
  ) {
    const { words } = _host;
    const id = `labbook-group-${(groups += 1)}`;
    this._head = h(
      'button',
      { type: 'button', class: 'labbook-group-head', 'aria-controls': id },
      icon('chevron'),
      h('span', { id: `${id}-title` }, groupTitle(group, words)),
      this._count
    );
    this._head.addEventListener('click', () => this.fold(!this.isFolded));
    this._body = h('div', { id }, this._list, this._more);
    setAttributes(this._list, { 'aria-labelledby': `${id}-title` });
    this._more.addEventListener('click', () => _host.searchMore());
    this.node = h(
      'section',
      { class: 'labbook-group', 'data-group': group },
      h('h3', {}, this._head),
      this._body
    );
    this._setFolded(folded);
  }

  get isFolded(): boolean {
    return this._body.hidden;
  }

  /** Where the arrow keys stop, from top to bottom. */
  get stops(): { focus(): void }[] {
    return [this._head, ...(this.isFolded ? [] : this._rows)];
  }

  /** Whether a node is or lies in the heading. */
  isHead(node: Node): boolean {
    return this._head.contains(node);
  }

  rowOf(node: Node): ItemView | undefined {
    return this._rows.find(row => row.node.contains(node));
  }

  focus(): void {
    this._head.focus();
  }

  fold(folded: boolean): void {
    this._setFolded(folded);
    this._host.folded(this.group, folded);
  }

  update(rows: readonly ExperimentRow[], total: number): void {
    const { words } = this._host;
    const counted = words._n('1 experiment', '%1 experiments', total);
    setText(this._count, total ? String(total) : '');
    this._count.title = counted;
    const title = groupTitle(this.group, words);
    setAttributes(this._head, { 'aria-label': `${title}: ${counted}` });
    this.node.classList.toggle('labbook-none', total === 0);
    const left = total - rows.length;
    setText(
      this._more,
      words._n(
        '%1 more: search for it',
        '%1 more: search for them',
        Math.max(left, 0)
      )
    );
    this._more.hidden = left <= 0;
    const old = this._rows;
    const active = focused(this.node);
    const had = old.findIndex(row => row.node.contains(active));
    const known = new Map(old.map(row => [row.row.experiment, row]));
    this._rows = rows.map(row => {
      const item = known.get(row.experiment);
      item?.update(row);
      return item ?? new ItemView(row, this.group, this._host);
    });
    this._keep(old);
    arrange(
      this._list,
      this._rows.map(row => row.node)
    );
    if (had !== -1 && !this._rows.includes(old[had]!)) {
      (this._rows[Math.min(had, this._rows.length - 1)] ?? this).focus();
    }
  }

  /** Let Tab stop at one row. */
  setStop(row: ItemView | undefined): void {
    for (const each of this._rows) {
      each.setStop(each === row);
    }
  }

  get first(): ItemView | undefined {
    return this.isFolded ? undefined : this._rows[0];
  }

  /** A row in which someone writes stays where it was. */
  private _keep(old: readonly ItemView[]): void {
    old.forEach((row, index) => {
      if (row.held && !this._rows.includes(row)) {
        this._rows.splice(Math.min(index, this._rows.length), 0, row);
      }
    });
  }

  private _setFolded(folded: boolean): void {
    this._body.hidden = folded;
    setAttributes(this._head, { 'aria-expanded': String(!folded) });
  }

  private _rows: ItemView[] = [];
  private _head: HTMLButtonElement;
  private _body: HTMLElement;
  private _count = h('span', { class: 'labbook-count' });
  private _list = h('ul', { class: 'labbook-items' });
  private _more = h('button', { type: 'button', class: 'labbook-more' });
}
