import type { OutputPart } from '../../data/experiment.js';
import type { Words } from '../../data/words.js';
import { focused, h, setText, setHidden } from '../dom.js';
import { fill, rewrite, type Row } from './lineNodes.js';
import { OutputLines } from './outputLines.js';

/** Lines that are on the page at once. */
export const MOST_LINES = 2_000;

/** What the server sends at once. */
const PORTION = 65_536;

/** Farther behind than this, the view goes on at the end. */
const FAR = 4 * PORTION;

/** How near to an edge counts as being there, in pixels. */
const NEAR = 6;

type Read = (from?: number) => Promise<OutputPart>;

/**
 * The end of a run's output, which grows.
 *
 * It follows the end until somebody scrolls up. From then on nothing moves under
 * the reader: new lines are counted, older ones come when the top is reached.
 */
export class TailView {
  readonly node: HTMLElement;

  constructor(trans: Words, most = MOST_LINES) {
    this._trans = trans;
    this._most = most;
    this._log = h('pre', {
      tabindex: 0,
      role: 'log',
      'aria-live': 'off',
      'aria-label': trans.__('Output')
    });
    this._empty = h('p', { class: 'labbook-empty' });
    this._hint = h('span', {});
    this._follow = h('button', { type: 'button' }, trans.__('Follow'));
    this._bar = h(
      'div',
      { class: 'labbook-follow', hidden: true },
      this._hint,
      this._follow
    );
    this._trouble = h('p', { class: 'labbook-trouble', role: 'status' });
    this.node = h(
      'div',
      { class: 'labbook-tail' },
      this._log,
      this._empty,
      this._bar,
      this._trouble
    );
    this._log.addEventListener('scroll', () => this._scrolled());
    this._follow.addEventListener('click', () => this.follow());
    this._draw();
  }

  get following(): boolean {
    return this._following;
  }

  /** Show the output of a run from its end; null: there is none, and `why`. */
  open(run: string, read: Read | null, why = ''): void {
    this._read = read;
    this._why = why;
    this._log.setAttribute('aria-label', this._trans.__('Output of %1', run));
    this._turn += 1;
    this._busy = false;
    this._lines.clear();
    this._following = true;
    this._known = false;
    this._size = 0;
    this._draw();
    this.refresh();
  }

  /** There may be more. */
  refresh(): void {
    this._wanted = true;
    void this._fetch();
  }

  /** Go to the end, and stay there. */
  follow(): void {
    const hadFocus = focused(this.node) === this._follow;
    this._following = true;
    if (this._size - this._lines.end > FAR) {
      this._lines.clear();
      this._known = false;
    }
    this._draw();
    if (hadFocus) {
      this._log.focus({ preventScroll: true });
    }
    this.refresh();
  }

  /** Fetch on while there is more, one request at a time. */
  private async _fetch(): Promise<void> {
    if (this._busy || !this._wanted || !this._read || this._paused) {
      return;
    }
    this._busy = true;
    const turn = this._turn;
    try {
      while (this._wanted && !this._paused) {
        this._wanted = false;
        const part = await this._read(
          this._known ? this._lines.end : undefined
        );
        if (turn !== this._turn) {
          return;
        }
        this._take(part);
      }
      this._say('');
    } catch (error) {
      if (turn === this._turn) {
        this._say((error as Error).message);
      }
    } finally {
      if (turn === this._turn) {
        this._busy = false;
      }
    }
  }

  private _take(part: OutputPart): void {
    const far = part.size - part.end > FAR && this._following;
    if (this._known && (part.size < this._lines.end || far)) {
      // Written anew, or faster than it can be shown: go on at the end.
      this._lines.clear();
      this._known = false;
      this._wanted = true;
      return;
    }
    this._size = part.size;
    this._known = true;
    if (part.end > part.start) {
      this._lines.append(part);
      this._wanted ||= part.end < part.size;
    }
    this._draw();
  }

  /** The bytes before the first; near the start they overlap what is here. */
  private async _older(): Promise<void> {
    const { start, end } = this._lines;
    if (this._busy || !this._read || start === 0) {
      return;
    }
    this._busy = true;
    const turn = this._turn;
    try {
      const part = await this._read(Math.max(0, start - PORTION));
      if (turn === this._turn) {
        await this._join(part, start, end, turn);
        this._say('');
      }
    } catch (error) {
      if (turn === this._turn) {
        this._say((error as Error).message);
      }
    } finally {
      if (turn === this._turn) {
        this._busy = false;
        void this._fetch();
      }
    }
  }

  private async _join(
    part: OutputPart,
    start: number,
    end: number,
    turn: number
  ): Promise<void> {
    const below = this._lines.last - this._to;
    const parts = [part];
    // Parts are cut where characters end: one that overlaps is read on from.
    while (part.end !== start && parts.at(-1)!.end < end) {
      const next = await this._read!(parts.at(-1)!.end);
      if (turn !== this._turn || next.end === next.start) {
        return;
      }
      parts.push(next);
    }
    if (part.end === start) {
      this._lines.prepend(part);
    } else {
      this._lines.clear();
      parts.forEach(each => this._lines.append(each));
    }
    const to = this._lines.last - below;
    this._show(to - (this._to - this._from), to);
    this._extend(-1);
  }

  private _scrolled(): void {
    const { scrollTop, clientHeight, scrollHeight } = this._log;
    const atEnd = scrollTop + clientHeight >= scrollHeight - NEAR;
    const whole = this._to === this._lines.last && !this._paused;
    if (atEnd && !whole) {
      this._extend(1);
    }
    const following = atEnd && whole;
    if (following !== this._following) {
      this._following = following;
      this._seen = this._lines.last;
      this._bars();
      if (following) {
        this.refresh();
      }
    }
    if (!following && scrollTop <= NEAR) {
      if (this._from > this._lines.first) {
        this._extend(-1);
      } else {
        void this._older();
      }
    }
  }

  /** Move the window of lines by half its height, without moving what is read. */
  private _extend(way: 1 | -1): void {
    const half = this._most / 2;
    if (way > 0) {
      const to = Math.min(this._lines.last, this._to + half);
      this._show(Math.max(this._from, to - this._most), to);
      void this._fetch();
    } else {
      const from = Math.max(this._lines.first, this._from - half);
      this._show(from, Math.min(this._to, from + this._most));
    }
    this._bars();
  }

  /** While somebody reads above, no more is fetched than the window can take. */
  private get _paused(): boolean {
    return !this._following && this._lines.last - this._to >= this._most;
  }

  private _draw(): void {
    const { first, last } = this._lines;
    if (this._following) {
      this._show(Math.max(first, last - this._most), last);
      this._log.scrollTop = this._log.scrollHeight;
    } else {
      const room = this._most - (this._to - this._from);
      this._show(Math.max(first, this._from), Math.min(last, this._to + room));
    }
    this._bars();
  }

  private _bars(): void {
    const trans = this._trans;
    const none = this._lines.last === this._lines.first;
    const empty = !this._read
      ? this._why || trans.__('There is no output: no run has started.')
      : this._known
        ? trans.__('Nothing was written so far.')
        : trans.__('Reading the output…');
    setText(this._empty, none ? empty : '');
    setHidden(this._empty, !none);
    setHidden(this._bar, this._following);
    const more = this._lines.last - this._seen;
    setText(
      this._hint,
      this._following || more <= 0
        ? ''
        : this._paused
          ? trans.__('More than %1 new lines', more)
          : trans._n('%1 new line', '%1 new lines', more)
    );
  }

  /** Put the lines of a window on the page; those that stay are not touched. */
  private _show(from: number, to: number): void {
    const lines = this._lines;
    const anew = this._generation !== lines.generation;
    const settle = this._anchor(anew, from, to);
    if (anew || to < this._from || from > this._to) {
      this._rows = [];
      this._log.replaceChildren();
      this._from = this._to = from;
      this._generation = lines.generation;
    }
    while (this._from < from) {
      this._rows.shift()!.node.remove();
      this._from += 1;
    }
    while (this._to > to) {
      this._rows.pop()!.node.remove();
      this._to -= 1;
    }
    const open = this._rows.at(-1);
    if (open && open.line !== lines.at(this._to - 1)) {
      rewrite(open, lines.at(this._to - 1), this._trans);
    }
    const above = this._rowsOf(from, this._from);
    const after = this._rowsOf(this._to, to);
    this._log.prepend(...above.map(row => row.node));
    this._log.append(...after.map(row => row.node));
    this._rows.unshift(...above);
    this._rows.push(...after);
    this._from = from;
    this._to = to;
    settle();
  }

  /** What puts a line that stays back to where its reader saw it. */
  private _anchor(anew: boolean, from: number, to: number): () => void {
    const log = this._log;
    if (this._following || (!anew && from === this._from)) {
      return () => undefined;
    }
    const kept = anew ? undefined : this._rows[Math.max(0, from - this._from)];
    if (!kept || from > this._to || to < this._from) {
      const below = log.scrollHeight - log.scrollTop;
      return () => (log.scrollTop = log.scrollHeight - below);
    }
    const place = kept.node.offsetTop - log.scrollTop;
    return () => (log.scrollTop = kept.node.offsetTop - place);
  }

  private _rowsOf(from: number, to: number): Row[] {
    return Array.from({ length: Math.max(0, to - from) }, (_, at) => {
      const line = this._lines.at(from + at);
      const row = { line, node: h('div', {}) };
      fill(row.node, line, this._trans);
      return row;
    });
  }

  private _say(sentence: string): void {
    setText(this._trouble, sentence);
    setHidden(this._trouble, !sentence);
  }

  private _trans: Words;
  private _most: number;
  private _read: Read | null = null;
  private _why = '';
  private _lines = new OutputLines();
  private _rows: Row[] = [];
  private _generation = -1;
  private _from = 0;
  private _to = 0;
  private _seen = 0;
  private _size = 0;
  /** Whether the end has been read once. */
  private _known = false;
  private _following = true;
  private _wanted = false;
  private _busy = false;
  private _turn = 0;
  private _log: HTMLElement;
  private _empty: HTMLElement;
  private _hint: HTMLElement;
  private _follow: HTMLButtonElement;
  private _bar: HTMLElement;
  private _trouble: HTMLElement;
}
