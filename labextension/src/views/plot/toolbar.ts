import type { Words } from '../../data/words.js';
import { focused, h, setAttributes, setText } from '../dom.js';
import { isolated } from '../run/parts.js';
import { MOST_SMOOTHING, type PlotChoices } from './host.js';
import type { Copied } from './copying.js';
import type { Picture } from './picture.js';

export interface ToolbarEvents {
  choose(change: Partial<PlotChoices>): void;
  reset(): void;
  copyPicture(): void;
  copyTable(): void;
}

type Flag = 'overlaid' | 'logX' | 'logY' | 'singles';

/** What is copied. */
export type Copy = 'picture' | 'table';

const LONG = 'labbook-plot-long';

/** How long a button says that it has done its work, in ms. */
const DONE = 2000;

/** How the lines are drawn, as buttons and one slider. */
export class Toolbar {
  readonly node: HTMLElement;

  constructor(events: ToolbarEvents, words: Words) {
    this._events = events;
    this._words = words;
    const say = (sentence: string): string => words.__(sentence);
    this._time = this._button(
      say('Time'),
      say('Draw over time, not steps'),
      () => events.choose({ by: pressed(this._time) ? 'step' : 'time' })
    );
    this._flags = {
      overlaid: this._toggle(
        'overlaid',
        say('Overlaid'),
        say('All metrics in one plot')
      ),
      logX: this._toggle(
        'logX',
        say('Log x'),
        say('Logarithmic steps or time')
      ),
      logY: this._toggle('logY', say('Log y'), say('Logarithmic values')),
      singles: this._toggle(
        'singles',
        say('Single seeds'),
        say('Show the lines behind each mean'),
        say('Seeds')
      )
    };
    this._copies = {
      picture: this._button(
        say('Copy PNG'),
        say('Copy the plot as a picture'),
        () => events.copyPicture(),
        say('PNG')
      ),
      table: this._button(
        say('Copy CSV'),
        say('Copy the shown values as a table'),
        () => events.copyTable(),
        say('CSV')
      )
    };
    this._metrics = this._button(
      say('Metrics'),
      say('Choose what is shown'),
      () => this._open(this._menu.hidden)
    );
    setAttributes(this._metrics, {
      'aria-expanded': 'false',
      'aria-pressed': null
    });
    this._menu = h('div', {
      class: 'labbook-plot-menu',
      role: 'group',
      'aria-label': say('Metrics'),
      hidden: true
    });
    this._reset = this._button(say('Show all'), say('End the zoom (0)'), () =>
      events.reset()
    );
    const place = h(
      'span',
      { class: 'labbook-plot-metrics' },
      this._metrics,
      this._menu
    );
    this._closeWithEscape(place);
    this.node = h(
      'div',
      {
        class: 'labbook-plot-toolbar',
        role: 'group',
        'aria-label': say('Plot')
      },
      place,
      this._flags.overlaid,
      this._time,
      this._flags.logX,
      this._flags.logY,
      this._flags.singles,
      this._slider(say('Smoothing'), say('Smooth')),
      h('span', { class: 'labbook-plot-space' }),
      this._reset,
      h(
        'span',
        { class: 'labbook-plot-together' },
        this._copies.picture,
        this._copies.table
      )
    );
  }

  show(picture: Picture, choices: PlotChoices, zoomed: boolean): void {
    for (const name of Object.keys(this._flags) as Flag[]) {
      setAttributes(this._flags[name], {
        'aria-pressed': String(choices[name])
      });
    }
    setAttributes(this._time, {
      'aria-pressed': String(choices.by === 'time')
    });
    const several = picture.metrics.length > 1;
    // Buttons without a use keep their place: nothing moves when they get one.
    this._metrics.disabled = !several;
    this._flags.overlaid.disabled = !several;
    this._flags.singles.hidden = !picture.seeds;
    this._reset.style.visibility = zoomed ? 'visible' : 'hidden';
    if (focused(this.node) !== this._range) {
      this._range.value = String(choices.smoothing);
    }
    setText(
      this._weight,
      choices.smoothing ? choices.smoothing.toFixed(2) : '0'
    );
    const { metrics, shownMetrics } = picture;
    setText(
      this._metrics,
      metrics.length > shownMetrics.length
        ? this._words.__('Metrics %1/%2', shownMetrics.length, metrics.length)
        : this._words.__('Metrics')
    );
    this._list(metrics, shownMetrics);
  }

  /** Show on its button, for a moment, what has become of a copy. */
  copied(what: Copy, how: Copied): void {
    const button = this._copies[what];
    const words = {
      copied: this._words.__('Copied'),
      saved: this._words.__('Saved'),
      failed: this._words.__('Failed')
    };
    let sign = button.querySelector<HTMLElement>('.labbook-plot-done');
    if (!sign) {
      sign = h('span', { class: 'labbook-plot-done', 'aria-hidden': 'true' });
      button.append(sign);
    }
    const mark = how === 'failed' ? '✗' : '✓';
    sign.replaceChildren(mark, h('span', { class: LONG }, ` ${words[how]}`));
    button.dataset.done = how;
    clearTimeout(this._timers[what]);
    this._timers[what] = setTimeout(() => {
      delete button.dataset.done;
      sign.remove();
    }, DONE);
  }

  private _list(metrics: readonly string[], shown: readonly string[]): void {
    if (metrics.join('\n') !== this._listed.join('\n')) {
      this._listed = metrics;
      this._menu.replaceChildren(
        ...metrics.map(metric => {
          const box = h('input', { type: 'checkbox' });
          box.dataset.metric = metric;
          box.addEventListener('change', () => this._pick());
          return h('label', {}, box, isolated(metric));
        })
      );
    }
    for (const box of this._boxes()) {
      box.checked = shown.includes(box.dataset.metric!);
    }
  }

  private _pick(): void {
    const metrics = this._boxes()
      .filter(box => box.checked)
      .map(box => box.dataset.metric!);
    this._events.choose({ metrics: metrics.length ? metrics : null });
  }

  private _boxes(): HTMLInputElement[] {
    return [...this._menu.querySelectorAll('input')];
  }

  private _open(open: boolean): void {
    this._menu.hidden = !open;
    setAttributes(this._metrics, { 'aria-expanded': String(open) });
    if (open) {
      this._boxes()[0]?.focus();
    }
  }

  private _closeWithEscape(place: HTMLElement): void {
    place.addEventListener('keydown', event => {
      if (event.key === 'Escape' && !this._menu.hidden) {
        event.stopPropagation();
        this._open(false);
        this._metrics.focus();
      }
    });
    place.addEventListener('focusout', event => {
      const next = event.relatedTarget;
      // A click on a label moves the focus to nothing before it ticks the box.
      if (next instanceof Node && !place.contains(next)) {
        this._open(false);
      }
    });
  }

  private _slider(name: string, short: string): HTMLElement {
    setAttributes(this._range, {
      'aria-label': name,
      type: 'range',
      min: 0,
      max: MOST_SMOOTHING,
      step: 0.01,
      value: 0
    });
    this._range.addEventListener('input', () =>
      this._events.choose({ smoothing: Number(this._range.value) })
    );
    return h(
      'label',
      { class: 'labbook-plot-smoothing', title: name },
      ...labels(name, short),
      this._range,
      this._weight
    );
  }

  private _toggle(
    name: Flag,
    label: string,
    title: string,
    short = ''
  ): HTMLButtonElement {
    const button = this._button(
      label,
      title,
      () => this._events.choose({ [name]: !pressed(button) }),
      short
    );
    return button;
  }

  private _button(
    label: string,
    title: string,
    act: () => void,
    short = ''
  ): HTMLButtonElement {
    const button = h(
      'button',
      {
        type: 'button',
        class: 'labbook-plot-button',
        title,
        'aria-label': short ? label : null
      },
      ...(short ? labels(label, short) : [label])
    );
    button.addEventListener('click', act);
    return button;
  }

  private _events: ToolbarEvents;
  private _words: Words;
  private _time: HTMLButtonElement;
  private _flags: Record<Flag, HTMLButtonElement>;
  private _metrics: HTMLButtonElement;
  private _menu: HTMLElement;
  private _copies: Record<Copy, HTMLButtonElement>;
  private _timers: Partial<Record<Copy, ReturnType<typeof setTimeout>>> = {};
  private _reset: HTMLButtonElement;
  private _range = h('input', {});
  private _weight = h('output', {});
  private _listed: readonly string[] = [];
}

/** A name, and a shorter one where there is little room. */
function labels(long: string, short: string): HTMLElement[] {
  return [
    h('span', { class: LONG }, long),
    h('span', { class: 'labbook-plot-short' }, short)
  ];
}

function pressed(button: HTMLButtonElement): boolean {
  return button.getAttribute('aria-pressed') === 'true';
}
