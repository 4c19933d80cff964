import type { Queue, QueueChange, QueueEntry } from '../../data/queue.js';
import { runOf } from '../../data/queue.js';
import type { Words } from '../../data/words.js';
import { h, setAttributes, setHidden, setText } from '../dom.js';
import { confirmation } from '../panel/inline.js';
import { chip, retouch } from '../run/parts.js';
import { duration, visible } from '../text.js';
import type { Menu, MenuItem } from './menu.js';
import { moveForm } from './moveForm.js';
import type { Scale, Span } from './scale.js';
import { hoursOf } from './words.js';

/** What a row can do. */
export interface EntryHost {
  readonly words: Words;
  readonly menu: Menu;
  change(entry: QueueEntry, change: QueueChange): Promise<void>;
  stop(entry: QueueEntry): Promise<void>;
  /** The one that is to start before or after another; null at an end. */
  neighbour(entry: QueueEntry, step: 1 | -1): QueueEntry | null;
  focused(row: EntryView): void;
}

/** Windows that everybody has. */
const WINDOWS = ['tonight', 'lunch', 'weekend', 'idle'] as const;

/** A run in the queue: what it waits for, and its place in the hours to come. */
export class EntryView {
  readonly node: HTMLLIElement;

  constructor(
    public entry: QueueEntry,
    private _host: EntryHost
  ) {
    const { words } = _host;
    this._main.addEventListener('click', () => this.openMenu());
    this._more = h(
      'button',
      {
        ...{ type: 'button', class: 'labbook-button', tabindex: -1 },
        ...{ 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
        title: words.__('What can be done with it')
      },
      h('span', { 'aria-hidden': 'true' }, '⋯')
    );
    this._more.addEventListener('click', () => this.openMenu());
    setAttributes(this._main, { 'aria-haspopup': 'menu' });
    this._main.addEventListener('focus', () => _host.focused(this));
    this._track.append(this._window, this._bar);
    this.node = h(
      'li',
      { class: 'labbook-entry' },
      h('div', { class: 'labbook-entry-head' }, this._main, this._more),
      this._facts,
      this._sentence,
      this._track,
      this._inline,
      this._note
    );
  }

  /** Whether someone is writing or deciding here: such a row stays. */
  get held(): boolean {
    return this._inline.childElementCount > 0;
  }

  update(entry: QueueEntry, queue: Queue, scale: Scale): void {
    this.entry = entry;
    const { words } = this._host;
    // The number stays in sight where the name has no room.
    const [, name, run] = /^(.*?)(\/[^/]*)?$/.exec(visible(entry.name))!;
    setText(this._name, name!);
    setText(this._run, run ?? '');
    const hours = hoursOf(entry, queue.moment);
    setText(this._hours, hours);
    setAttributes(this._more, {
      'aria-label': words.__('Menu of %1', visible(entry.name))
    });
    this._drawFacts(entry, words);
    const said = entry.sentence || (this._runs ? words.__('It executes.') : '');
    setText(this._sentence, visible(said));
    setHidden(this._sentence, !entry.sentence);
    draw(this._window, scale.span(queue.opens, queue.closes));
    draw(this._bar, scale.span(entry.begins, entry.ends));
    setAttributes(this._bar, {
      'data-state': this._runs ? 'running' : entry.held ? 'held' : 'waiting',
      'data-open': !entry.ends
    });
  }

  focus(): void {
    this._main.focus();
  }

  setStop(stop: boolean): void {
    setAttributes(this._main, { tabindex: stop ? 0 : -1 });
  }

  openMenu(): void {
    const label = this._host.words.__(
      'What to do with %1',
      visible(this.entry.name)
    );
    this._host.menu.open(this._main, label, this._items());
  }

  /** A key pressed on the row itself; true if it meant something. */
  key(key: string): boolean {
    const item = this._items().find(each => each.key === key && !each.disabled);
    item?.act();
    return item !== undefined;
  }

  private get _runs(): boolean {
    return this.entry.state === 'running';
  }

  private _drawFacts(entry: QueueEntry, words: Words): void {
    const { state, held, batch, priority, expected, when } = entry;
    const stamp = JSON.stringify([
      state,
      held,
      batch,
      priority,
      expected,
      when
    ]);
    if (stamp === this._stamp) {
      return;
    }
    this._stamp = stamp;
    const facts = [
      !this._runs && !held && when ? chip(visible(when), 'quiet') : null,
      batch ? chip(visible(batch), 'quiet') : null,
      priority ? chip(words.__('priority %1', priority), 'quiet') : null
    ].filter(fact => fact !== null);
    const known = expected
      ? h(
          'span',
          { class: 'labbook-aside' },
          words.__(
            'about %1 (%2 to %3)',
            duration(expected.middle),
            duration(expected.low),
            duration(expected.high)
          )
        )
      : '';
    const first = chip(
      this._runs ? 'running' : held ? 'held' : state === 'held' ? 'foreign' : ''
    );
    retouch(
      first,
      this._runs
        ? words.__('running')
        : held
          ? words.__('held')
          : words.__('not yours'),
      this._runs ? 'accent' : 'warn'
    );
    const marked = this._runs || held || state === 'held';
    this._facts.replaceChildren(...(marked ? [first] : []), ...facts, known);
  }

  private _items(): MenuItem[] {
    const { words } = this._host;
    const { entry } = this;
    if (this._runs) {
      return [
        { label: words.__('Stop it …'), key: 's', act: () => this._stop() }
      ];
    }
    const runs = [runOf(entry)];
    const change = (of: QueueChange) => () => void this._change(of);
    const titles = {
      tonight: words.__('Move to tonight'),
      lunch: words.__('Move to lunch'),
      weekend: words.__('Move to the weekend'),
      idle: words.__('Run when the machine is idle')
    };
    const { priority } = entry;
    return [
      {
        label: words.__('Run it now'),
        key: 'n',
        act: change({ act: 'now', runs })
      },
      entry.held
        ? {
            label: words.__('Release'),
            key: 'h',
            act: change({ act: 'release', runs })
          }
        : {
            label: words.__('Hold'),
            key: 'h',
            act: change({ act: 'hold', runs })
          },
      ...WINDOWS.map((when, place) => ({
        label: titles[when],
        act: change({ act: 'move', runs, when }),
        disabled: entry.when === when,
        apart: place === 0
      })),
      {
        label: words.__('Move to other hours …'),
        act: () => this._askWindow()
      },
      {
        ...{ label: words.__('Higher priority'), key: '+', apart: true },
        act: change({ act: 'priority', runs, priority: priority + 1 })
      },
      {
        ...{ label: words.__('Lower priority'), key: '-' },
        act: change({ act: 'priority', runs, priority: priority - 1 })
      },
      this._step(-1, words.__('Earlier'), '['),
      this._step(1, words.__('Later'), ']'),
      {
        ...{ label: words.__('Cancel it …'), key: 's', apart: true },
        act: () => this._stop()
      }
    ];
  }

  private _step(step: 1 | -1, label: string, key: string): MenuItem {
    const { entry } = this;
    const other = this._host.neighbour(entry, step);
    const [moved, before] = step < 0 ? [entry, other] : [other, entry];
    return {
      ...{ label, key, disabled: other === null },
      act: () => {
        if (moved && before) {
          const wish = { runs: [runOf(moved)], before: runOf(before) };
          void this._change({ act: 'order', ...wish });
        }
      }
    };
  }

  private _askWindow(): void {
    const { words } = this._host;
    const runs = [runOf(this.entry)];
    this._ask(
      moveForm(
        this.entry.when,
        words,
        when => this._host.change(this.entry, { act: 'move', runs, when }),
        () => this._close()
      )
    );
  }

  private _stop(): void {
    const { words } = this._host;
    const name = visible(this.entry.name);
    const [question, yes] = this._runs
      ? [words.__('Stop %1?', name), words.__('Stop')]
      : [words.__('Take %1 out of the queue?', name), words.__('Take it out')];
    this._ask(
      confirmation(
        question,
        yes,
        words,
        () => {
          this._close();
          void this._act(this._host.stop(this.entry));
        },
        () => this._close()
      )
    );
  }

  private _change(change: QueueChange): Promise<void> {
    return this._act(this._host.change(this.entry, change));
  }

  private async _act(done: Promise<void>): Promise<void> {
    this.node.setAttribute('aria-busy', 'true');
    setHidden(this._note, true);
    try {
      await done;
    } catch (error) {
      setText(
        this._note,
        error instanceof Error ? error.message : String(error)
      );
      setHidden(this._note, false);
    } finally {
      this.node.removeAttribute('aria-busy');
    }
  }

  private _ask(form: { node: HTMLElement; focus(): void }): void {
    this._inline.replaceChildren(form.node);
    form.focus();
  }

  private _close(): void {
    this._inline.replaceChildren();
    this.focus();
  }

  private _name = h('span', {});
  private _run = h('span', {});
  private _hours = h('span', { class: 'labbook-hours' });
  private _main = h(
    'button',
    { type: 'button', class: 'labbook-entry-main' },
    h('bdi', {}, this._name, this._run),
    ' ',
    this._hours
  );
  private _more: HTMLButtonElement;
  private _facts = h('div', { class: 'labbook-facts' });
  private _sentence = h('p', { class: 'labbook-because', dir: 'auto' });
  private _window = h('i', { class: 'labbook-open-hours' });
  private _bar = h('i', { class: 'labbook-span' });
  private _track = h('div', { class: 'labbook-track', 'aria-hidden': 'true' });
  private _inline = h('div', { class: 'labbook-inline' });
  private _note = h('p', {
    class: 'labbook-note',
    role: 'alert',
    hidden: true
  });
  private _stamp = '';
}

function draw(node: HTMLElement, span: Span | null): void {
  setHidden(node, span === null);
  if (span) {
    node.style.left = `${(100 * span.from).toFixed(2)}%`;
    node.style.width = `${(100 * (span.to - span.from)).toFixed(2)}%`;
  }
}
