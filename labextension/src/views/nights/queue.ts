import type {
  Queue,
  QueueChange,
  QueueEntry,
  QueueSource
} from '../../data/queue.js';
import type { Words } from '../../data/words.js';
import {
  arrange,
  focused,
  h,
  setAttributes,
  setHidden,
  setText
} from '../dom.js';
import { visible } from '../text.js';
import { EntryView, type EntryHost } from './entry.js';
import { FindingsView } from './findings.js';
import { Menu } from './menu.js';
import { Scale } from './scale.js';
import { SuggestionsView, type CommandHost } from './suggestions.js';
import { usedWords, windowWords } from './words.js';

/** Room for a label of an hour, in pixels. */
const LABEL = 40;
const FEWEST = 4;
const NARROW = 226;

export interface QueueHost extends CommandHost {
  /** Say something without showing it. */
  say(sentence: string): void;
  newExperiment?: () => void;
}

/** The night: what runs, what waits, when it begins, and what would spoil it. */
export class QueueView {
  readonly node: HTMLElement;

  constructor(
    private _source: QueueSource,
    private _words: Words,
    private _host: QueueHost
  ) {
    this.node = h('div', { class: 'labbook-queue' });
    this._menu = new Menu(this.node);
    this._pause = h('button', { type: 'button', class: 'labbook-push' });
    this._pause.addEventListener('click', () => void this._switch());
    this._findings = new FindingsView(_source, _words, said => _host.say(said));
    this._ideas = new SuggestionsView(_source, _words, _host);
    setAttributes(this._list, {
      'aria-label': _words.__('Runs in their order')
    });
    this.node.append(
      h(
        'div',
        { class: 'labbook-tonight' },
        h('p', {}, this._window, this._used),
        this._pause
      ),
      this._note,
      this._paused,
      this._problems,
      this._empty,
      this._findings.node,
      this._axis,
      this._list,
      this._rest,
      this._ideas.node
    );
    this._list.addEventListener('keydown', event => this._onKey(event));
    this._unsubscribe = _source.subscribe(() => this.draw());
    this._resized?.observe(this._axis);
    this.draw();
  }

  dispose(): void {
    this._menu.close(false);
    this._resized?.disconnect();
    this._unsubscribe();
  }

  focusFirst(): void {
    this._rows[0]?.focus();
  }

  draw(): void {
    const { queue, problem } = this._source;
    const words = this._words;
    setText(this._window, queue ? windowWords(queue, words) : '');
    setText(this._used, queue ? usedWords(queue, words) : '');
    const problems = [problem, ...(queue?.problems ?? [])].filter(each => each);
    setText(this._problems, problems.map(visible).join(' '));
    setHidden(this._problems, !problems.length);
    this._findings.draw();
    if (!queue) {
      setHidden(this._pause, true);
      return;
    }
    setHidden(this._pause, false);
    setText(this._pause, queue.paused ? words.__('Resume') : words.__('Pause'));
    this._pause.title = queue.paused
      ? words.__('Let runs start again')
      : words.__('Let nothing start any more; what executes goes on');
    const told = words.__('Paused: nothing starts. %1', visible(queue.paused));
    setText(this._paused, queue.paused ? told : '');
    setHidden(this._paused, !queue.paused);
    this._drawEntries(queue);
    this._drawEmpty(queue);
    this._ideas.draw(queue);
  }

  private _drawEntries(queue: Queue): void {
    const scale = new Scale(queue);
    const active = focused(this.node);
    const had = this._rows.findIndex(row => row.node.contains(active));
    const known = new Map(this._rows.map(row => [row.entry.place, row]));
    const old = this._rows;
    this._rows = queue.entries.map(entry => {
      const row =
        known.get(entry.place) ?? new EntryView(entry, this._entryHost());
      row.update(entry, queue, scale);
      return row;
    });
    old.forEach((row, index) => {
      if (row.held && !this._rows.includes(row)) {
        this._rows.splice(Math.min(index, this._rows.length), 0, row);
      }
    });
    arrange(
      this._list,
      this._rows.map(row => row.node)
    );
    if (had !== -1 && !this._rows.includes(old[had]!)) {
      const next = this._rows[Math.min(had, this._rows.length - 1)];
      (next ?? { focus: () => this._pause.focus() }).focus();
    }
    this._setStop();
    const left = queue.total - queue.entries.length;
    setText(
      this._rest,
      this._words._n('One more waits.', '%1 more wait.', Math.max(0, left))
    );
    setHidden(this._rest, left <= 0);
    setHidden(this._axis, !queue.entries.some(({ begins }) => begins));
    this._scale = scale;
    this._drawAxis();
  }

  private _drawAxis(): void {
    if (!this._scale) {
      return;
    }
    const width = this._axis.clientWidth || NARROW;
    const label = LABEL / width;
    const ticks = this._scale
      .ticks(Math.max(FEWEST, Math.floor(1 / label)))
      // The label of one at the edge stands before it.
      .filter(
        ({ at }, index, all) =>
          at <= 1 - label || at - (all[index - 1]?.at ?? -1) > 2 * label
      );
    const stamp = JSON.stringify([ticks, width]);
    if (stamp === this._stamp) {
      return;
    }
    this._stamp = stamp;
    this._axis.replaceChildren(
      ...ticks.map(({ at, label: text }) => {
        const tick = h('span', { 'data-edge': at > 1 - label || null }, text);
        tick.style.left = `${(100 * at).toFixed(2)}%`;
        return tick;
      })
    );
  }

  private _drawEmpty(queue: Queue): void {
    const words = this._words;
    const empty = queue.entries.length === 0;
    setHidden(this._empty, !empty);
    if (!empty || this._empty.childElementCount) {
      return;
    }
    const begin = this._host.newExperiment;
    const button = h(
      'button',
      { type: 'button', class: 'labbook-push' },
      words.__('New experiment cell')
    );
    button.addEventListener('click', () => begin?.());
    this._empty.append(
      h('p', {}, words.__('Nothing runs, and nothing waits for the night.')),
      h(
        'p',
        {},
        words.__(
          'Write %1 behind the name of an experiment, and run its cell: it ' +
            'starts in those hours, with the code as it is now.',
          '--when tonight'
        )
      ),
      ...(begin ? [button] : [])
    );
  }

  private _entryHost(): EntryHost {
    return {
      words: this._words,
      menu: this._menu,
      change: (entry, change) => this._change(entry, change),
      stop: async entry => {
        await this._source.stop(entry);
        const name = visible(entry.name);
        this._host.say(this._words.__('%1 is taken out.', name));
      },
      neighbour: (entry, step) => this._neighbour(entry, step),
      focused: row => this._setStop(row)
    };
  }

  private async _change(entry: QueueEntry, change: QueueChange): Promise<void> {
    await this._source.change(change);
    const now = this._source.queue?.entries.find(
      ({ place }) => place === entry.place
    );
    if (now) {
      this._host.say(`${visible(now.name)}: ${visible(now.sentence)}`);
    }
  }

  private _neighbour(entry: QueueEntry, step: 1 | -1): QueueEntry | null {
    const waiting = (this._source.queue?.entries ?? []).filter(
      ({ state }) => state === 'waiting'
    );
    const here = waiting.findIndex(({ place }) => place === entry.place);
    return here === -1 ? null : (waiting[here + step] ?? null);
  }

  private async _switch(): Promise<void> {
    const paused = this._source.queue?.paused;
    setHidden(this._note, true);
    try {
      await this._source.change(
        paused ? { act: 'resume' } : { act: 'pause', why: '' }
      );
    } catch (error) {
      setText(
        this._note,
        error instanceof Error ? error.message : String(error)
      );
      setHidden(this._note, false);
    }
  }

  private _onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const { key } = event;
    const here = this._rows.findIndex(row => row.node.contains(target));
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (here === -1 || !plain || target.closest('.labbook-inline')) {
      return;
    }
    const to: Record<string, number> = {
      ArrowDown: Math.min(here + 1, this._rows.length - 1),
      ArrowUp: Math.max(here - 1, 0),
      Home: 0,
      End: this._rows.length - 1
    };
    if (key in to) {
      this._rows[to[key]!]?.focus();
    } else if (!this._rows[here]!.key(key)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private _setStop(row?: EntryView): void {
    const kept = this._stop && this._rows.includes(this._stop);
    this._stop = row ?? (kept ? this._stop : this._rows[0]);
    for (const each of this._rows) {
      each.setStop(each === this._stop);
    }
  }

  private _resized =
    typeof ResizeObserver === 'undefined'
      ? null
      : new ResizeObserver(() => this._drawAxis());
  private _menu: Menu;
  private _pause: HTMLButtonElement;
  private _findings: FindingsView;
  private _ideas: SuggestionsView;
  private _window = h('strong', {});
  private _used = h('span', {});
  private _note = h('p', {
    class: 'labbook-note',
    role: 'alert',
    hidden: true
  });
  private _paused = h('p', { class: 'labbook-problem', hidden: true });
  private _problems = h('p', { class: 'labbook-problem', role: 'alert' });
  private _empty = h('div', { class: 'labbook-blank', hidden: true });
  private _axis = h('div', { class: 'labbook-axis', 'aria-hidden': 'true' });
  private _list = h('ul', { class: 'labbook-entries' });
  private _rest = h('p', { class: 'labbook-rest', hidden: true });
  private _rows: EntryView[] = [];
  private _stop: EntryView | undefined;
  private _scale: Scale | null = null;
  private _stamp = '';
  private _unsubscribe: () => void;
}
