import type { PlanItem } from '../../data/plan.js';
import { h, icon, setAttributes, setText } from '../dom.js';
import type { Words } from '../../data/words.js';
import { NEXT_PRIORITY, priorityWord } from './words.js';

/** The nodes of a row, and how they show an item; what they do is the row's. */
export class RowParts {
  readonly check = h('input', {
    type: 'checkbox',
    class: 'labbook-check',
    'aria-keyshortcuts': 'Enter F2 Delete P Alt+ArrowUp Alt+ArrowDown'
  });
  readonly text = h('span', { class: 'labbook-text', dir: 'auto' });
  readonly priority = h('button', { type: 'button', class: 'labbook-button' });
  readonly up: HTMLButtonElement;
  readonly down: HTMLButtonElement;
  readonly edit: HTMLButtonElement;
  readonly remove: HTMLButtonElement;
  readonly main = h('div', { class: 'labbook-main' }, this.text);
  readonly node: HTMLLIElement;

  constructor(private readonly _words: Words) {
    this.up = action('up', _words.__('Move up (Alt ↑)'));
    this.down = action('down', _words.__('Move down (Alt ↓)'));
    this.edit = action('edit', _words.__('Edit'));
    this.remove = action('trash', _words.__('Delete'));
    this.node = h(
      'li',
      { class: 'labbook-row' },
      this.check,
      this.main,
      this._badge,
      h(
        'span',
        { class: 'labbook-tools' },
        this.priority,
        this.up,
        this.down,
        this.edit,
        this.remove
      )
    );
  }

  /** Show an item: dimmed until it is stored, struck out while it goes. */
  draw(item: PlanItem, pending: boolean, going: boolean): void {
    const { text, done, priority } = item;
    const word = priorityWord(priority, this._words);
    const next = priorityWord(NEXT_PRIORITY[priority], this._words);
    setText(this.text, text);
    this.check.checked = done;
    setAttributes(this.check, {
      'aria-label':
        priority === 'normal'
          ? text
          : this._words.__('%1, %2 priority', text, word)
    });
    setText(this._badge, word);
    setText(this.priority, word);
    setAttributes(this.priority, {
      title: this._words.__('Priority: %1 (P)', word),
      'aria-label': this._words.__('Priority %1; change to %2', word, next)
    });
    setAttributes(this.node, {
      'data-priority': priority,
      'aria-busy': pending && 'true'
    });
    this.node.classList.toggle('labbook-done', done);
    this.node.classList.toggle('labbook-pending', pending);
    this.node.classList.toggle('labbook-going', going);
  }

  /** Offer to begin an experiment with this item. */
  offer(make: () => void): void {
    const button = action('flask', this._words.__('Make it an experiment (E)'));
    button.addEventListener('click', make);
    this.up.before(button);
  }

  /** Say something below the item; an empty note takes it away. */
  say(note: string): void {
    setText(this._note, note);
    this._note.hidden = !note;
    if (note && !this._note.isConnected) {
      this.main.append(this._note);
    }
  }

  setStop(stop: boolean): void {
    const tabindex = stop ? 0 : -1;
    setAttributes(this.check, { tabindex });
    for (const button of this.node.querySelectorAll('button')) {
      setAttributes(button, { tabindex });
    }
  }

  private _badge = h('span', { class: 'labbook-badge', 'aria-hidden': 'true' });
  private _note = h('p', {
    class: 'labbook-note',
    role: 'alert',
    hidden: true
  });
}

function action(
  name: 'down' | 'edit' | 'flask' | 'trash' | 'up',
  label: string
): HTMLButtonElement {
  return h(
    'button',
    {
      type: 'button',
      class: 'labbook-button',
      title: label,
      'aria-label': label
    },
    icon(name)
  );
}
