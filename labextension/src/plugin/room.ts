import type { Store } from '../views/host.js';

/** Nothing is that tall: a remembered height beyond it is a mistake. */
const TALLEST = 20_000;

/** When a view has drawn all that it has from the beginning. */
const SETTLED_AFTER = 1_500;

/**
 * The room of a view in a page, kept free until the view is there again.
 *
 * What an output shows comes from the server, a moment after the page: what is below
 * would jump. The height is remembered in the browser.
 */
export class Room {
  constructor(
    private readonly _node: HTMLElement,
    private readonly _store: Store
  ) {}

  /** Keep free what the view took the last time it was seen. */
  reserve(key: string): void {
    this.release();
    this._key = `height:${key}`;
    const height = Number(this._store.get(this._key));
    if (height > 0 && height < TALLEST) {
      this._node.style.minHeight = `${height}px`;
    }
  }

  /** Hold what is there now, for something that takes its place. */
  hold(): void {
    this._node.style.minHeight = `${this._node.offsetHeight}px`;
  }

  /** The view is there: remember its height, and let go once it fills the room. */
  fill(view: HTMLElement): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._free(), SETTLED_AFTER);
    this._sizes?.disconnect();
    if (typeof ResizeObserver !== 'undefined') {
      this._sizes = new ResizeObserver(() => {
        const height = Math.round(view.offsetHeight);
        if (height > 0 && view.isConnected) {
          this._store.set(this._key, String(height));
        }
      });
      this._sizes.observe(view);
    }
  }

  /** Keep nothing free: there is no such view. */
  release(): void {
    clearTimeout(this._timer);
    this._sizes?.disconnect();
    this._free();
  }

  private _free(): void {
    this._node.style.minHeight = '';
  }

  private _key = '';
  private _sizes: ResizeObserver | undefined;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
