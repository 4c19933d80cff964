import type { Progress, RunView } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { h, setAttributes, setText, setHidden } from '../dom.js';
import { number, visible } from '../text.js';
import { leftWords } from './left.js';
import { chip, retouch } from './parts.js';

/** Where a run stands: its state, and how far it has come or why it ended. */
export class StateCell {
  readonly node: HTMLTableCellElement;

  constructor(run: RunView, trans: Words) {
    this._trans = trans;
    this._chip = chip(run.state);
    this._tainted = h('span', {}, ' ', chip(trans.__('tainted'), 'warn'));
    this._reason = h('p', { class: 'labbook-reason', dir: 'auto' });
    this.node = h('td', { class: 'labbook-state' }, this._chip, this._reason);
    this.update(run);
  }

  update(run: RunView): void {
    const progress = run.state === 'running' ? run.progress : null;
    retouch(this._chip, run.state);
    if (!run.taint) {
      this._tainted.remove();
    } else if (!this._tainted.isConnected) {
      this._reason.before(this._tainted);
    }
    this._measure(run.label, progress);
    const text = progress
      ? [
          progressWords(progress, this._trans),
          leftWords(progress.remaining, this._trans)
        ]
          .filter(word => word)
          .join(' · ')
      : [run.taint, run.reason]
          .filter(word => word)
          .map(word => visible(word))
          .join(' · ');
    setText(this._reason, text);
    setHidden(this._reason, !text);
  }

  private _measure(label: string, progress: Progress | null): void {
    if (!progress?.total) {
      this._bar?.remove();
      this._bar = null;
      return;
    }
    if (!this._bar) {
      this._bar = h('progress', {
        'aria-label': this._trans.__('Progress of run %1', visible(label))
      });
      this._chip.after(this._bar);
    }
    const value = Math.min(progress.done, progress.total);
    if (this._bar.max !== progress.total || this._bar.value !== value) {
      setAttributes(this._bar, { max: progress.total, value });
    }
  }

  private _trans: Words;
  private _chip: HTMLElement;
  private _tainted: HTMLElement;
  private _bar: HTMLProgressElement | null = null;
  private _reason: HTMLElement;
}

export function progressWords(progress: Progress, trans: Words): string {
  const { done, total, text } = progress;
  if (text) {
    return visible(text);
  }
  return total ? trans.__('%1 of %2', number(done), number(total)) : '';
}
