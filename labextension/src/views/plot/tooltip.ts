import type { Words } from '../../data/words.js';
import { h, setText } from '../dom.js';
import { isolated } from '../run/parts.js';
import type { Picture } from './picture.js';
import { nameOf, placeWords, valueWords, type Reading } from './readings.js';

/** Values that fit beside the pointer. */
const MOST = 12;

/** Distance from the cursor, in pixels. */
const GAP = 14;

/** The values under the cursor, beside it and never outside of the view. */
export class Tooltip {
  readonly node: HTMLElement;

  constructor() {
    this.node = h(
      'div',
      { class: 'labbook-plot-tooltip', 'aria-hidden': 'true', hidden: true },
      this._place,
      this._list
    );
  }

  /** `at`: where the cursor is, in pixels of `bounds`' page. */
  show(
    found: readonly Reading[],
    x: number,
    picture: Picture,
    at: { left: number; top: number; bottom: number },
    bounds: DOMRect,
    words: Words
  ): void {
    if (!found.length) {
      this.hide();
      return;
    }
    setText(this._place, placeWords(picture.xName, x, words));
    const shown = found.slice(0, MOST);
    const rows = shown.map(reading => {
      const swatch = h('span', { class: 'labbook-plot-swatch' });
      swatch.style.backgroundColor = reading.mark.pen.colour;
      return h(
        'li',
        {},
        swatch,
        h('span', {}, isolated(nameOf(reading.mark, picture))),
        h('b', {}, valueWords(reading, words))
      );
    });
    if (found.length > MOST) {
      const more = words._n('%1 more', '%1 more', found.length - MOST);
      rows.push(h('li', { class: 'labbook-plot-more' }, more));
    }
    this._list.replaceChildren(...rows);
    this.node.hidden = false;
    this._put(at, bounds);
  }

  hide(): void {
    this.node.hidden = true;
  }

  private _put(
    at: { left: number; top: number; bottom: number },
    bounds: DOMRect
  ): void {
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const right = at.left + GAP + width <= bounds.right;
    const left = right ? at.left + GAP : at.left - GAP - width;
    const top = Math.min(at.top + 8, bounds.bottom - height);
    const x = Math.max(0, Math.min(left - bounds.left, bounds.width - width));
    const y = Math.max(0, top - bounds.top);
    this.node.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  private _place = h('div', { class: 'labbook-plot-where' });
  private _list = h('ul', {});
}
