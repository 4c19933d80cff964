import type { Freshness } from '../../data/freshness.js';
import type { Words } from '../../data/words.js';
import { h, setText } from '../dom.js';
import { visible } from '../text.js';

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

  private _sentence({ contact, since, sentence }: Freshness): string {
    const trans = this._trans;
    const shown = since ? trans.__('Shown as of %1', clock(since)) : '';
    const why = visible(sentence);
    const said = (otherwise: string): string => {
      const rest = why || otherwise;
      return shown ? `${shown}: ${uncapitalised(rest)}` : rest;
    };
    switch (contact) {
      case 'live':
        return trans.__('live');
      case 'polling':
        return trans.__('looked at every few seconds');
      case 'stale':
        return said(trans.__('The server does not answer; trying again.'));
      case 'unauthorized':
        return said(
          trans.__(
            'Your session has ended; log in again, then reload this page.'
          )
        );
      case 'gone':
        return said(
          trans.__('The folder of this experiment is gone; was it moved?')
        );
    }
  }

  private _trans: Words;
  private _now: Freshness | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

function inTrouble(node: HTMLElement): boolean {
  return !['live', 'polling'].includes(node.dataset.contact!);
}

/** The time of a moment, with the day unless that is today. */
function clock(moment: Date): string {
  const time = { hour: '2-digit', minute: '2-digit' } as const;
  const today = moment.toDateString() === new Date().toDateString();
  const day = today ? {} : ({ day: 'numeric', month: 'short' } as const);
  return moment.toLocaleString([], { ...day, ...time, hourCycle: 'h23' });
}

function uncapitalised(sentence: string): string {
  return /^[A-Z][a-z]/.test(sentence)
    ? sentence.charAt(0).toLowerCase() + sentence.slice(1)
    : sentence;
}
