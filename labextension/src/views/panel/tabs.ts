import { h, setAttributes } from '../dom.js';

export interface Tab<Name extends string> {
  name: Name;
  title: string;
  panel: HTMLElement;
}

let lists = 0;

/** Tabs as WAI-ARIA has them: arrows choose, Tab goes into the panel. */
export class Tabs<Name extends string> {
  readonly node: HTMLElement;

  constructor(
    private _tabs: readonly Tab<Name>[],
    label: string,
    private _chosen: (name: Name) => void
  ) {
    const prefix = `labbook-tabs-${(lists += 1)}`;
    this._buttons = _tabs.map(({ name, title, panel }) => {
      const button = h(
        'button',
        {
          ...{ type: 'button', role: 'tab', id: `${prefix}-${name}` },
          'aria-controls': `${prefix}-${name}-panel`
        },
        title
      );
      setAttributes(panel, {
        ...{ id: `${prefix}-${name}-panel`, role: 'tabpanel' },
        'aria-labelledby': button.id
      });
      button.addEventListener('click', () => this.choose(name));
      return button;
    });
    this.node = h(
      'div',
      { class: 'labbook-tabs', role: 'tablist', 'aria-label': label },
      ...this._buttons
    );
    this.node.addEventListener('keydown', event => this._onKey(event));
  }

  get chosen(): Name {
    return this._tabs[this._index]!.name;
  }

  choose(name: Name): void {
    this._index = this._tabs.findIndex(tab => tab.name === name);
    this._tabs.forEach(({ panel }, index) => {
      const chosen = index === this._index;
      panel.hidden = !chosen;
      setAttributes(this._buttons[index]!, {
        'aria-selected': String(chosen),
        tabindex: chosen ? 0 : -1
      });
    });
    this._chosen(name);
  }

  /** Whether one of them can be chosen. */
  offer(name: Name, offered: boolean): void {
    const index = this._tabs.findIndex(tab => tab.name === name);
    this._buttons[index]!.hidden = !offered;
  }

  private _onKey(event: KeyboardEvent): void {
    const offered = this._tabs.filter((_, at) => !this._buttons[at]!.hidden);
    const here = offered.indexOf(this._tabs[this._index]!);
    const count = offered.length;
    const to: Record<string, number> = {
      ArrowRight: (here + 1) % count,
      ArrowLeft: (here + count - 1) % count,
      Home: 0,
      End: count - 1
    };
    const next = offered[to[event.key] ?? -1];
    if (next) {
      event.preventDefault();
      this.choose(next.name);
      this._buttons[this._index]!.focus();
    }
  }

  private _buttons: HTMLButtonElement[];
  private _index = 0;
}
