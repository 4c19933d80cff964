import type { ExperimentView, RunView } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { h, setText, setHidden } from '../dom.js';
import { chip, retouch } from '../run/parts.js';
import { leftWords } from '../run/left.js';
import { progressWords } from '../run/stateCell.js';
import { duration, visible } from '../text.js';
import {
  allEnded,
  counts,
  ended,
  meaning,
  overall,
  shareOfAll,
  timeLeft
} from './standing.js';

/** State, progress and time of all runs together, in one line. */
export class StatusView {
  /** What is to be known of the states, apart from the line itself. */
  readonly node: HTMLElement;
  readonly line: HTMLElement;

  constructor(trans: Words) {
    this._trans = trans;
    this._chip = chip('');
    this._tainted = chip(trans.__('tainted'), 'warn');
    this._fill = h('span', {});
    this._bar = h(
      'span',
      {
        class: 'labbook-bar',
        role: 'progressbar',
        'aria-label': trans.__('Progress'),
        'aria-valuemin': 0,
        'aria-valuemax': 100
      },
      this._fill
    );
    this._words = h('span', { class: 'labbook-words' });
    this._time = h('span', { class: 'labbook-time' });
    this._notes = h('ul', { class: 'labbook-meanings' });
    this.line = h(
      'div',
      { class: 'labbook-standing' },
      this._chip,
      this._tainted,
      this._bar,
      h('span', { class: 'labbook-standing-facts' }, this._words, this._time)
    );
    this.node = h('div', {}, this._notes);
  }

  update(view: ExperimentView, now: number): void {
    const { runs } = view;
    const state = runs.length ? overall(runs) : 'registered';
    retouch(this._chip, state);
    this._mark(runs);
    const share = shareOfAll(runs);
    const begun = runs.some(run => run.state === 'running' || ended(run));
    this._measure(allEnded(view) || !begun ? null : share);
    setText(this._words, this._standing(runs));
    if (view !== this._view) {
      this._view = view;
      this._since = now;
    }
    this._explain(runs);
    this.tick(now);
  }

  /** Let time pass between two looks at the files. */
  tick(now: number, counting = true): void {
    if (!this._view) {
      return;
    }
    const { runs } = this._view;
    const running = runs.filter(run => run.state === 'running');
    const passed = counting ? Math.max(0, now - this._since) / 1000 : 0;
    const left = timeLeft(runs);
    const spent = runs.flatMap(run => run.seconds ?? []);
    const sum = spent.reduce((all, each) => all + each, 0);
    const total = duration(sum + passed * running.length);
    const trans = this._trans;
    const words = [
      leftWords(left && Math.max(0, left - passed), trans),
      spent.length > 0 && this._spent(total)
    ];
    setText(this._time, words.filter(word => word).join(' · '));
  }

  private _spent(total: string): string {
    const trans = this._trans;
    const view = this._view!;
    if (view.runs.length === 1) {
      return allEnded(view) ? total : trans.__('%1 elapsed', total);
    }
    return allEnded(view)
      ? trans.__('%1 in all', total)
      : trans.__('%1 of computing', total);
  }

  private _standing(runs: readonly RunView[]): string {
    const trans = this._trans;
    if (!runs.length) {
      return trans.__('no runs yet');
    }
    if (runs.length > 1) {
      return counts(runs)
        .map(([state, count]) => `${count} ${visible(state)}`)
        .join(', ');
    }
    const { progress, state } = runs[0]!;
    return progress && state === 'running'
      ? progressWords(progress, trans)
      : '';
  }

  /** Say in a word that results do not count any more, and of how many runs. */
  private _mark(runs: readonly RunView[]): void {
    const trans = this._trans;
    const tainted = runs.filter(run => run.taint).length;
    const every = tainted === runs.length;
    const word = every ? trans.__('tainted') : trans.__('%1 tainted', tainted);
    setHidden(this._tainted, !tainted);
    retouch(this._tainted, word, 'warn');
  }

  private _measure(share: number | null): void {
    setHidden(this._bar, share === null);
    if (share === null) {
      return;
    }
    const percent = Math.floor(share * 1000) / 10;
    const value = String(Math.floor(percent));
    if (this._bar.getAttribute('aria-valuenow') !== value) {
      this._bar.setAttribute('aria-valuenow', value);
    }
    const width = `${percent}%`;
    if (this._fill.style.width !== width) {
      this._fill.style.width = width;
    }
  }

  /** What each state that is not plain sailing means, and what to do. */
  private _explain(runs: readonly RunView[]): void {
    const states = counts(runs).flatMap(([state, count]) => {
      const reason = runs.find(run => run.state === state && run.reason);
      const text = [
        asSentence(visible(reason?.reason ?? '')),
        state === 'failed' && reason
          ? ''
          : meaning(state, count, this._trans, reason !== undefined)
      ]
        .filter(part => part)
        .join(' ');
      const label = runs.length > 1 ? `${count} ${visible(state)}` : state;
      return text ? [{ state, label, text }] : [];
    });
    const notes = [...this._taints(runs), ...states];
    const stamp = JSON.stringify(notes);
    if (stamp === this._explained) {
      return;
    }
    this._explained = stamp;
    this._notes.replaceChildren(
      ...notes.map(({ state, label, text }) =>
        h(
          'li',
          { dir: 'auto' },
          ...(runs.length > 1 ? [chip(label, toneOf(state)), ' '] : []),
          text
        )
      )
    );
  }

  /** Why what some runs logged does not count any more. */
  private _taints(
    runs: readonly RunView[]
  ): { state: string; label: string; text: string }[] {
    const trans = this._trans;
    const tainted = runs.filter(run => run.taint);
    if (!tainted.length) {
      return [];
    }
    const reasons = [...new Set(tainted.map(run => visible(run.taint)))];
    const meaning = trans._n(
      'What it logged does not count any more, and no verdict rests on it.',
      'What they logged does not count any more, and no verdict rests on it.',
      tainted.length
    );
    const text = `${asSentence(reasons.join('; '))} ${meaning}`;
    const label = trans.__('%1 tainted', tainted.length);
    return [{ state: 'tainted', label, text }];
  }

  private _trans: Words;
  private _view: ExperimentView | null = null;
  private _since = 0;
  private _explained = '[]';
  private _chip: HTMLElement;
  private _tainted: HTMLElement;
  private _bar: HTMLElement;
  private _fill: HTMLElement;
  private _words: HTMLElement;
  private _time: HTMLElement;
  private _notes: HTMLElement;
}

/** Reasons are written to follow a name: here they stand alone. */
function asSentence(text: string): string {
  const ends = /[.!?…]$/.test(text) || !text;
  // A word that is the name of a file or of code stays as it is.
  const begun = text.replace(/^[a-z](?=[a-z]*(?: |$))/, first =>
    first.toUpperCase()
  );
  return begun + (ends ? '' : '.');
}

function toneOf(state: string): string | undefined {
  return chip(state).dataset.tone;
}
