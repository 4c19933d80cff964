import type { Evening, Queue, QueueSource } from '../../data/queue.js';
import type { Words } from '../../data/words.js';
import { h, setText } from '../dom.js';
import { visible } from '../text.js';

/** Where a command can go. */
export interface CommandHost {
  /** Put a cell into the notebook; absent where there is none. */
  insert?: (source: string) => void;
  copy: (text: string) => Promise<void>;
}

/** What tonight could find out besides, looked for when somebody wants to know. */
export class SuggestionsView {
  readonly node: HTMLDetailsElement;

  constructor(
    private _source: QueueSource,
    private _words: Words,
    private _host: CommandHost
  ) {
    this.node = h(
      'details',
      { class: 'labbook-ideas' },
      h('summary', {}, _words.__('What could fill the night')),
      this._body
    );
    this.node.addEventListener('toggle', () => {
      if (this.node.open) {
        void this._look();
      }
    });
  }

  /** Another queue leaves other room. */
  draw(queue: Queue): void {
    const stamp = String(queue.total);
    if (stamp !== this._stamp) {
      this._stamp = stamp;
      if (this.node.open) {
        void this._look();
      }
    }
  }

  private async _look(): Promise<void> {
    const words = this._words;
    if (!this._body.childElementCount) {
      this._body.replaceChildren(h('p', {}, words.__('Looking …')));
    }
    try {
      this._show(await this._source.evening());
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      this._body.replaceChildren(h('p', { role: 'alert' }, said));
    }
  }

  private _show({ headline, suggestions }: Evening): void {
    const words = this._words;
    this._body.replaceChildren(
      h('p', {}, visible(headline)),
      h(
        'ul',
        {},
        ...suggestions.map(({ sentence, verb, where }) =>
          h(
            'li',
            {},
            h('p', { dir: 'auto' }, visible(sentence)),
            h(
              'div',
              { class: 'labbook-remedy' },
              this._take(verb),
              h('code', {}, visible(verb))
            ),
            ...(where
              ? [h('p', { class: 'labbook-aside' }, visible(where))]
              : [])
          )
        )
      ),
      ...(suggestions.length
        ? []
        : [h('p', {}, words.__('Nothing comes to mind: ask a new question.'))])
    );
  }

  /** A command is a cell of its own; the line of a cell belongs to that cell. */
  private _take(verb: string): HTMLButtonElement {
    const words = this._words;
    const { insert, copy } = this._host;
    const command = verb.startsWith('labbook ');
    const button = h('button', { type: 'button', class: 'labbook-push' });
    if (command && insert) {
      setText(button, words.__('Insert cell'));
      button.addEventListener('click', () => insert(`%${verb}`));
    } else {
      setText(button, words.__('Copy'));
      button.addEventListener('click', () => {
        void copy(verb).then(() => setText(button, words.__('Copied')));
      });
    }
    return button;
  }

  private _body = h('div', {});
  private _stamp = '';
}
