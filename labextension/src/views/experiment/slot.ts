import { h, setHidden } from '../dom.js';

/** A place in a view, drawn again only when what it shows has changed. */
export class Slot {
  readonly node = h('div', { hidden: true });

  /** null leaves the place empty. */
  show(what: unknown, draw: () => HTMLElement | null): void {
    const stamp = JSON.stringify(what);
    if (stamp === this._stamp) {
      return;
    }
    this._stamp = stamp;
    const drawn = draw();
    setHidden(this.node, drawn === null);
    this.node.replaceChildren(...(drawn ? [drawn] : []));
  }

  private _stamp: string | undefined;
}
