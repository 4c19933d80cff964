import type { ExperimentSource } from '../../data/experiment.js';
import type { RunView } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { h, setHidden } from '../dom.js';
import { isolated } from '../run/parts.js';
import { visible } from '../text.js';

/** Pictures that a run drew: small, and large where they are clicked. */
export class FiguresView {
  readonly node: HTMLElement;

  constructor(source: ExperimentSource, trans: Words) {
    this._source = source;
    this._trans = trans;
    this._title = h('h3', {});
    this._list = h('div', { class: 'labbook-figures' });
    this.node = h('div', { hidden: true }, this._title, this._list);
  }

  update(run: RunView | null, several: boolean): void {
    const figures = run?.figures ?? [];
    const stamp = JSON.stringify([run?.label, several, figures]);
    if (stamp === this._stamp) {
      return;
    }
    this._stamp = stamp;
    setHidden(this.node, !figures.length);
    const trans = this._trans;
    this._title.textContent = several
      ? trans.__('Figures of run %1', visible(run?.label ?? ''))
      : trans.__('Figures');
    const key = (path: string): string => `${run!.label}/${path}`;
    const figuresOf = figures.map(path => {
      const known = this._known.get(key(path));
      return [key(path), known ?? this._figure(run!.label, path)] as const;
    });
    this._known = new Map(figuresOf);
    this._list.replaceChildren(...figuresOf.map(([, node]) => node));
  }

  private _figure(run: string, path: string): HTMLElement {
    const trans = this._trans;
    const name = path.replace(/^figures\//, '');
    const address = this._source.figure(run, path);
    const image = h('img', {
      alt: visible(name),
      loading: 'lazy',
      decoding: 'async',
      src: address
    });
    const enlarge = h(
      'button',
      { type: 'button', 'aria-pressed': 'false' },
      image
    );
    const caption = h(
      'figcaption',
      {},
      isolated(name),
      ' ',
      h(
        'a',
        { href: address, target: '_blank', rel: 'noopener noreferrer' },
        trans.__('Open')
      )
    );
    const node = h('figure', {}, enlarge, caption);
    enlarge.addEventListener('click', () => {
      const large = node.classList.toggle('labbook-large');
      enlarge.setAttribute('aria-pressed', String(large));
    });
    image.addEventListener('error', () => {
      enlarge.replaceChildren(
        h(
          'span',
          { class: 'labbook-aside' },
          trans.__('It cannot be shown here.')
        )
      );
    });
    return node;
  }

  private _source: ExperimentSource;
  private _trans: Words;
  private _stamp = '';
  private _known = new Map<string, HTMLElement>();
  private _title: HTMLElement;
  private _list: HTMLElement;
}
