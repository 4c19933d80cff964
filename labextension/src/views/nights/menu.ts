import { h } from '../dom.js';

export interface MenuItem {
  label: string;
  /** Shown beside it; a key that does the same. */
  key?: string;
  act: () => void;
  disabled?: boolean;
  /** Whether a line stands above it. */
  apart?: boolean;
}

/** A menu as WAI-ARIA has it, over the list that it belongs to. */
export class Menu {
  constructor(private _around: HTMLElement) {}

  get isOpen(): boolean {
    return this._node !== null;
  }

  /** Open below a button, or above it where there is more room. */
  open(button: HTMLElement, label: string, items: readonly MenuItem[]): void {
    this.close(false);
    const nodes = items.map(item => this._item(item));
    this._node = h(
      'div',
      { class: 'labbook-menu', role: 'menu', 'aria-label': label },
      ...nodes
    );
    this._button = button;
    button.setAttribute('aria-expanded', 'true');
    this._node.addEventListener('keydown', event => this._onKey(event));
    this._node.addEventListener('focusout', event => {
      const to = event.relatedTarget as Node | null;
      if (to && !this._node?.contains(to)) {
        this.close(false);
      }
    });
    document.addEventListener('pointerdown', this._outside, true);
    this._around.append(this._node);
    this._place(button);
    this._enabled[0]?.focus();
  }

  close(back = true): void {
    const [node, button] = [this._node, this._button];
    this._node = this._button = null;
    document.removeEventListener('pointerdown', this._outside, true);
    button?.setAttribute('aria-expanded', 'false');
    if (back) {
      button?.focus();
    }
    node?.remove();
  }

  private _item({ label, key, act, disabled, apart }: MenuItem): HTMLElement {
    const node = h(
      'button',
      {
        ...{ type: 'button', role: 'menuitem', tabindex: -1 },
        'aria-disabled': disabled ? 'true' : null,
        'aria-keyshortcuts': key ?? null,
        class: apart ? 'labbook-apart' : null
      },
      label
    );
    if (key) {
      node.append(h('kbd', { 'aria-hidden': 'true' }, key));
    }
    node.addEventListener('click', () => {
      if (!disabled) {
        this.close();
        act();
      }
    });
    return node;
  }

  private _place(button: HTMLElement): void {
    const around = this._around.getBoundingClientRect();
    const at = button.getBoundingClientRect();
    const node = this._node!;
    const scroller = this._around.closest('.labbook-panel-body');
    const view = (scroller ?? this._around).getBoundingClientRect();
    const tall = node.offsetHeight;
    const below = at.bottom + 2 + tall <= view.bottom;
    const above = at.top - 2 - tall >= view.top;
    const top =
      below || !above
        ? at.bottom + 2 - around.top
        : at.top - 2 - tall - around.top;
    node.style.top = `${Math.max(0, top)}px`;
    node.style.right = `${Math.max(4, around.right - at.right)}px`;
  }

  private _onKey(event: KeyboardEvent): void {
    const items = this._enabled;
    const here = items.indexOf(document.activeElement as HTMLElement);
    const to: Record<string, number> = {
      ArrowDown: (here + 1) % items.length,
      ArrowUp: (here + items.length - 1) % items.length,
      Home: 0,
      End: items.length - 1
    };
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      this.close();
    } else if (event.key in to) {
      event.preventDefault();
      items[to[event.key]!]?.focus();
    } else if (/^\p{L}$/u.test(event.key)) {
      const letter = event.key.toLowerCase();
      const after = [...items.slice(here + 1), ...items.slice(0, here + 1)];
      after
        .find(item => item.textContent.toLowerCase().startsWith(letter))
        ?.focus();
    }
  }

  private get _enabled(): HTMLElement[] {
    const all = this._node?.querySelectorAll<HTMLElement>('[role=menuitem]');
    return [...(all ?? [])].filter(
      item => item.getAttribute('aria-disabled') !== 'true'
    );
  }

  private _outside = (event: Event): void => {
    const to = event.target as Node;
    if (!this._node?.contains(to) && !this._button?.contains(to)) {
      this.close(false);
    }
  };

  private _node: HTMLElement | null = null;
  private _button: HTMLElement | null = null;
}
