import type { Group, LabbookSource } from '../../data/labbook.js';
import type { Words } from '../../data/words.js';
import { focused, h, setAttributes, setText } from '../dom.js';
import { countWords } from '../notice.js';
import { visible } from '../text.js';
import { GroupView, type GroupHost } from './group.js';
import type { ItemView } from './item.js';
import { GROUPS } from './words.js';

/** How long a person types before the list follows. */
const PAUSE = 150;

export interface RunsHost extends Omit<GroupHost, 'searchMore'> {
  /** Look for a text in the whole labbook. */
  search(text: string): void;
  /** Put a new experiment's cell into the notebook; absent where there is none. */
  newExperiment?: () => void;
}

/** What runs, waits, and wants attention. */
export class RunsView {
  readonly node: HTMLElement;

  constructor(
    private _source: LabbookSource,
    private _host: RunsHost,
    folded: ReadonlySet<Group>
  ) {
    const { words } = _host;
    const host = {
      ..._host,
      searchMore: () => _host.search(this._text.value)
    };
    this._groups = GROUPS.map(
      group => new GroupView(group, host, folded.has(group))
    );
    this._text = h('input', {
      ...{ type: 'search', class: 'labbook-field', spellcheck: 'false' },
      placeholder: words.__('Filter  /'),
      'aria-label': words.__('Filter by text')
    });
    this._tag = h('select', {
      class: 'labbook-field',
      'aria-label': words.__('Filter by tag')
    });
    this._text.addEventListener('input', () => this._filterSoon());
    this._tag.addEventListener('change', () => this._filter());
    this._list = h('div', {}, ...this._groups.map(group => group.node));
    this.node = h(
      'div',
      { class: 'labbook-runs' },
      h('div', { class: 'labbook-filter' }, this._text, this._tag),
      this._problems,
      this._counts,
      this._empty,
      this._list
    );
    this._list.addEventListener('focusin', () => this._setStop());
    this._list.addEventListener('keydown', event => this._onKey(event));
    this.draw();
  }

  focusFilter(): void {
    this._text.focus();
    this._text.select();
  }

  /** Show what the source knows now. */
  draw(): void {
    const overview = this._source.overview;
    const { words } = this._host;
    this._drawTags(overview?.tags ?? []);
    const problems = overview?.problems ?? [];
    setText(this._problems, problems.map(visible).join(' '));
    this._problems.hidden = !problems.length;
    for (const view of this._groups) {
      view.update(
        overview?.groups[view.group] ?? [],
        overview?.totals[view.group] ?? 0
      );
    }
    const shown = this._groups.some(view => overview?.totals[view.group]);
    this._list.hidden = !overview || !shown;
    const filtered = this._text.value !== '' || this._tag.value !== '';
    const kind = shown ? '' : filtered ? 'filtered' : 'none';
    this._drawCounts(overview?.counts ?? {}, words);
    this._counts.hidden = !overview || kind !== '';
    this._drawEmpty(overview ? kind : 'looking', words);
    this._setStop();
  }

  dispose(): void {
    clearTimeout(this._timer);
  }

  private _drawTags(tags: readonly string[]): void {
    const { words } = this._host;
    const all = [...new Set([...tags, this._tag.value].filter(tag => tag))];
    const stamp = JSON.stringify(all);
    if (stamp !== this._stamp) {
      this._stamp = stamp;
      const chosen = this._tag.value;
      this._tag.replaceChildren(
        h('option', { value: '' }, words.__('All tags')),
        ...all.map(tag => h('option', { value: tag }, visible(tag)))
      );
      this._tag.value = chosen;
    }
    setAttributes(this._tag, { disabled: all.length === 0 });
  }

  /** The runs of the whole labbook, over the column that counts experiments. */
  private _drawCounts(counts: Record<string, number>, words: Words): void {
    const said = countWords(counts, words);
    setText(this._live, said || words.__('Nothing runs or waits.'));
    setText(this._unit, words.__('Experiments'));
  }

  private _drawEmpty(
    kind: '' | 'looking' | 'filtered' | 'none',
    words: Words
  ): void {
    if (kind === this._kind) {
      return;
    }
    this._kind = kind;
    this._empty.hidden = !kind;
    const had = this._empty.contains(focused(this._empty));
    this._empty.replaceChildren(...this._emptyParts(kind, words));
    if (had) {
      this._text.focus();
    }
  }

  private _emptyParts(kind: string, words: Words): Node[] {
    if (kind === 'looking') {
      return [h('p', {}, words.__('Looking into the labbook …'))];
    }
    if (kind === 'filtered') {
      return [
        h('p', {}, words.__('Nothing here fits the filter.')),
        this._push(words.__('Clear the filter'), () => {
          this._text.value = '';
          this._tag.value = '';
          this._filter();
          this._text.focus();
        }),
        this._push(words.__('Search the whole labbook'), () =>
          this._host.search(this._text.value)
        )
      ];
    }
    const begin = this._host.newExperiment;
    return [
      h('p', {}, words.__('Nothing runs, and nothing waits for you.')),
      h('p', {}, words.__('Write down the next question, and run its cell.')),
      ...(begin
        ? [this._push(words.__('New experiment cell'), () => begin())]
        : [])
    ];
  }

  private _push(label: string, act: () => void): HTMLButtonElement {
    const button = h(
      'button',
      { type: 'button', class: 'labbook-push' },
      label
    );
    button.addEventListener('click', act);
    return button;
  }

  private _filterSoon(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._filter(), PAUSE);
  }

  private _filter(): void {
    clearTimeout(this._timer);
    this._source.filter(this._text.value.trim(), this._tag.value);
  }

  private _onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const { key } = event;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!plain || target instanceof HTMLTextAreaElement) {
      return;
    }
    const group = this._groups.find(view => view.node.contains(target));
    const row = group?.rowOf(target);
    const inline = target.closest('.labbook-inline') !== null;
    if (
      (!inline && this._go(key, target)) ||
      (group?.isHead(target) && this._fold(key, group)) ||
      (row && !inline && this._onRow(key, row, group!))
    ) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  private _go(key: string, target: HTMLElement): boolean {
    const stops = this._groups.flatMap(view => view.stops);
    const here = stops.findIndex(
      stop =>
        stop === target ||
        ('node' in stop && (stop as ItemView).node.contains(target))
    );
    const to: Record<string, number> = {
      ArrowDown: Math.min(here + 1, stops.length - 1),
      ArrowUp: Math.max(here - 1, 0),
      Home: 0,
      End: stops.length - 1
    };
    const index = to[key];
    stops[index ?? -1]?.focus();
    return index !== undefined;
  }

  private _fold(key: string, group: GroupView): boolean {
    if (key === 'ArrowRight' || key === 'ArrowLeft') {
      group.fold(key === 'ArrowLeft');
      return true;
    }
    return false;
  }

  private _onRow(key: string, row: ItemView, group: GroupView): boolean {
    if (key === 'ArrowLeft') {
      group.focus();
      return true;
    }
    return row.key(key);
  }

  private _setStop(): void {
    const active = focused(this._list);
    const rows = active
      ? this._groups.map(view => view.rowOf(active)).filter(row => row)
      : [];
    const first = this._groups.map(view => view.first).find(row => row);
    const old = this._stop?.node;
    const kept =
      old?.isConnected && !old.closest('[hidden]') ? this._stop : undefined;
    this._stop = rows[0] ?? kept ?? first;
    for (const view of this._groups) {
      view.setStop(this._stop);
    }
  }

  private _groups: GroupView[];
  private _stop: ItemView | undefined;
  private _text: HTMLInputElement;
  private _tag: HTMLSelectElement;
  private _list: HTMLElement;
  private _problems = h('p', { class: 'labbook-problem', role: 'alert' });
  private _live = h('span', {});
  private _unit = h('span', { 'aria-hidden': 'true' });
  private _counts = h(
    'p',
    { class: 'labbook-counts', hidden: true },
    this._live,
    this._unit
  );
  private _empty = h('div', { class: 'labbook-blank', hidden: true });
  private _kind = '';
  private _stamp = '';
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
