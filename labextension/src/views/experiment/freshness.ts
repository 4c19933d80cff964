import type { Freshness } from '../../data/freshness.js';
import type { Words } from '../../data/words.js';
import { h, setText } from '../dom.js';
import { troubleWords } from '../freshness.js';

/** A second of trouble is nobody's concern. */
const PATIENCE = 1_500;

/** Whether what is shown is what the files say; in a place of its own. */
export class FreshnessView {
  readonly node = h('p', { class: 'labbook-freshness', role: 'status' });

  constructor(trans: Words) {
    this._trans = trans;
  }

  update(freshness: Freshness): void {
    this._now = freshness;
    const well =
      freshness.contact === 'live' || freshness.contact === 'polling';
    if (well) {
      clearTimeout(this._timer);
      this._timer = undefined;
      this._draw();
    } else if (this.node.dataset.contact && inTrouble(this.node)) {
      this._draw();
    } else {
      this._timer ??= setTimeout(() => {
        this._timer = undefined;
        this._draw();
      }, PATIENCE);
    }
  }

  dispose(): void {
    clearTimeout(this._timer);
  }

  private _draw(): void {
    const { contact } = this._now!;
    this.node.dataset.contact = contact;
    const sentence = this._sentence(this._now!);
    setText(this.node, sentence);
    this.node.title = sentence;
  }

  private _sentence(freshness: Freshness): string {
    switch (freshness.contact) {
      case 'live':
        return this._trans.__('live');
      case 'polling':
        return this._trans.__('looked at every few seconds');
      default:
        return troubleWords(freshness, this._trans);
    }
  }

  private _trans: Words;
  private _now: Freshness | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

function inTrouble(node: HTMLElement): boolean {
  return !['live', 'polling'].includes(node.dataset.contact!);
}
