import type {
  ExperimentRow,
  Found,
  LabbookSource
} from '../../data/labbook.js';
import type { Words } from '../../data/words.js';
import { h, setAttributes, setText } from '../dom.js';
import { isolated, paragraph } from '../run/parts.js';
import { visible } from '../text.js';
import { stateChips, verdictChips } from './facts.js';
import { asked, moment } from './words.js';

/** How long a person types before the search begins. */
const PAUSE = 200;

export interface SearchHost {
  readonly words: Words;
  open: (row: ExperimentRow) => void;
}

/** All questions that were asked, and what was learned. */
export class SearchView {
  readonly node: HTMLElement;

  constructor(
    private _source: LabbookSource,
    private _host: SearchHost
  ) {
    const { words } = _host;
    this._text = h('input', {
      ...{ type: 'search', class: 'labbook-field', spellcheck: 'false' },
      placeholder: words.__('Search  /'),
      'aria-label': words.__('Search questions and conclusions')
    });
    setText(this._more, words.__('More'));
    this._text.addEventListener('input', () => {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => void this.search(), PAUSE);
    });
    this._text.addEventListener('keydown', event => {
      if (event.key === 'Enter' && !event.isComposing) {
        void this.search();
      } else if (event.key === 'ArrowDown') {
        event.preventDefault();
        this._go(0);
      }
    });
    this._more.addEventListener('click', () => void this._fetch(true));
    this._list.addEventListener('keydown', event => this._onKey(event));
    this._list.addEventListener('focusin', event => {
      this._stopAt(event.target as HTMLElement);
    });
    setAttributes(this._list, { 'aria-label': words.__('Experiments') });
    this.node = h(
      'div',
      { class: 'labbook-search' },
      h('div', { class: 'labbook-filter' }, this._text),
      this._status,
      this._note,
      this._list,
      this._more
    );
  }

  focusFilter(): void {
    this._text.focus();
    this._text.select();
  }

  /** Search for what is written in the field, or for another text. */
  search(text = this._text.value): Promise<void> {
    clearTimeout(this._timer);
    this._text.value = text;
    return this._fetch(false);
  }

  /** Search when the view is shown for the first time, or after a change. */
  refresh(): void {
    const overview = this._source.overview;
    const stamp = JSON.stringify([this._source.labbook, overview?.counts]);
    if (overview && stamp !== this._stamp && this._shown <= this._page) {
      this._stamp = stamp;
      void this._fetch(false);
    }
  }

  dispose(): void {
    clearTimeout(this._timer);
    this._turn += 1;
  }

  private async _fetch(more: boolean): Promise<void> {
    const turn = (this._turn += 1);
    const { words } = this._host;
    const text = this._text.value.trim();
    this.node.setAttribute('aria-busy', 'true');
    this._more.disabled = true;
    try {
      const cursor = more ? this._cursor : undefined;
      const found = await this._source.search(text, cursor);
      if (turn === this._turn) {
        this._show(found, more);
      }
    } catch (error) {
      if (turn === this._turn) {
        const said = error instanceof Error ? error.message : String(error);
        setText(this._note, said || words.__('The search failed.'));
        this._note.hidden = false;
      }
    } finally {
      if (turn === this._turn) {
        this.node.removeAttribute('aria-busy');
        this._more.disabled = false;
      }
    }
  }

  private _show({ rows, total, cursor }: Found, more: boolean): void {
    const { words } = this._host;
    const cards = rows.map(row => this._card(row));
    if (more) {
      this._list.append(...cards);
      (cards[0]?.firstElementChild as HTMLElement | undefined)?.focus();
    } else {
      this._list.replaceChildren(...cards);
      this._page = rows.length;
    }
    this._shown = this._list.childElementCount;
    this._cursor = cursor;
    this._more.hidden = !cursor;
    this._note.hidden = true;
    const nothing = this._text.value.trim()
      ? words.__('Nothing found. Try fewer or other words.')
      : words.__('Nothing here yet: ask a question, and run its cell.');
    const counted = words._n('1 experiment', '%1 experiments', total);
    setText(this._status, total ? counted : nothing);
    this._stopAt(null);
  }

  private _card(row: ExperimentRow): HTMLLIElement {
    const { words } = this._host;
    const main = h(
      'button',
      { type: 'button', class: 'labbook-card-main', tabindex: -1 },
      h(
        'span',
        { class: 'labbook-item-name' },
        isolated(row.name),
        h('time', { datetime: row.created }, moment(row.created))
      ),
      h('span', { class: 'labbook-card-question', dir: 'auto' }, asked(row))
    );
    main.addEventListener('click', () => this._open(row));
    const node = h('li', { class: 'labbook-card' }, main);
    if (row.hypothesis) {
      const title = words.__('Expected');
      node.append(paragraph('hypothesis', row.hypothesis, title));
    }
    if (row.conclusion) {
      const title = words.__('Learned');
      node.append(paragraph('lesson', row.conclusion, title));
    }
    node.append(
      h(
        'div',
        { class: 'labbook-facts' },
        ...verdictChips(row, words),
        ...stateChips(row, words),
        ...row.tags.map(tag => this._tag(tag))
      )
    );
    return node;
  }

  private _tag(tag: string): HTMLElement {
    const label = visible(tag);
    const button = h(
      'button',
      {
        ...{ type: 'button', class: 'labbook-tag-button', tabindex: -1 },
        title: this._host.words.__('Search for %1', label)
      },
      label
    );
    button.addEventListener('click', () => {
      this._text.focus();
      void this.search(tag);
    });
    return button;
  }

  private _open(row: ExperimentRow): void {
    if (row.notebook) {
      this._host.open(row);
      return;
    }
    const { words } = this._host;
    const said = words.__('It was not started from a notebook of this server.');
    setText(this._note, `${visible(row.name)}: ${said}`);
    this._note.hidden = false;
  }

  private _onKey(event: KeyboardEvent): void {
    const cards = Array.from(this._list.children);
    const here = cards.findIndex(card => card.contains(event.target as Node));
    const to: Record<string, number> = {
      ArrowDown: Math.min(here + 1, cards.length - 1),
      ArrowUp: here - 1,
      Home: 0,
      End: cards.length - 1
    };
    const index = to[event.key];
    if (index !== undefined) {
      event.preventDefault();
      this._go(index);
    }
  }

  private _go(index: number): void {
    if (index < 0) {
      this._text.focus();
      return;
    }
    this._list.children[index]
      ?.querySelector<HTMLElement>('.labbook-card-main')
      ?.focus();
  }

  /** Let Tab stop at one card and its tags. */
  private _stopAt(target: HTMLElement | null): void {
    const cards = Array.from(this._list.children);
    const chosen = cards.find(card => target && card.contains(target));
    for (const card of cards) {
      const tabindex = card === (chosen ?? cards[0]) ? 0 : -1;
      for (const button of card.querySelectorAll('button')) {
        setAttributes(button, { tabindex });
      }
    }
  }

  private _text: HTMLInputElement;
  private _status = h('p', { class: 'labbook-found', role: 'status' });
  private _note = h('p', {
    class: 'labbook-note',
    role: 'alert',
    hidden: true
  });
  private _list = h('ul', { class: 'labbook-cards' });
  private _more = h('button', {
    ...{ type: 'button', class: 'labbook-more', hidden: true }
  });
  private _cursor = '';
  private _page = 0;
  private _shown = 0;
  private _turn = 0;
  private _stamp = '';
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
