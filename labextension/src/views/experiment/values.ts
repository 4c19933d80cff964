import type { RunView } from '../../data/run.js';
import { arrange, h, setText } from '../dom.js';
import { isolated } from '../run/parts.js';
import { number } from '../text.js';

/** The last value of each metric of a single run. */
export class ValuesView {
  readonly node = h('dl', { class: 'labbook-values' });

  update(run: RunView): void {
    const names = Object.keys(run.final);
    for (const name of names) {
      let tile = this._tiles.get(name);
      if (!tile) {
        const shown = h('dd', {});
        const node = h('div', {}, h('dt', {}, isolated(name)), shown);
        tile = { node, shown };
        this._tiles.set(name, tile);
      }
      setText(tile.shown, number(run.final[name]!));
    }
    this.node.hidden = !names.length;
    arrange(
      this.node,
      names.map(name => this._tiles.get(name)!.node)
    );
  }

  private _tiles = new Map<string, { node: HTMLElement; shown: HTMLElement }>();
}
