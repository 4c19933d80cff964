import type { PlanItem } from '../../data/plan.js';
import { h, icon, setAttributes, setText } from '../dom.js';
import { NEXT_PRIORITY } from './words.js';

/** The nodes of a row, and how they show an item; what they do is the row's. */
export class RowParts {
  readonly check = h('input', {
    type: 'checkbox',
    class: 'labbook-check',
    'aria-keyshortcuts': 'Enter F2 Delete P Alt+ArrowUp Alt+ArrowDown'
  });
  readonly text = h('span', { class: 'labbook-text', dir: 'auto' });
  readonly priority = h('button', { type: 'button', class: 'labbook-button' });
  readonly up = action('up', 'Move up (Alt ↑)');
  readonly edit = action('edit', 'Edit');
  readonly remove = action('trash', 'Delete');
  readonly main = h('div', { class: 'labbook-main' }, this.text);
  readonly node: HTMLLIElement;

  constructor() {
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
        this.edit,
        this.remove
      )
    );
  }

  /** Show an item: dimmed until it is stored, struck out while it goes. */
  draw(item: PlanItem, pending: boolean, going: boolean): void {
    const { text, done, priority } = item;
    setText(this.text, text);
    this.check.checked = done;
    setAttributes(this.check, {
      'aria-label':
        priority === 'normal' ? text : `${text}, ${priority} priority`
    });
    setText(this._badge, priority);
    setText(this.priority, priority);
    setAttributes(this.priority, {
      title: `Priority: ${priority} (P)`,
      'aria-label': `Priority ${priority}; change to ${NEXT_PRIORITY[priority]}`
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
    const button = action('flask', 'Make it an experiment (E)');
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
  name: 'edit' | 'flask' | 'trash' | 'up',
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
