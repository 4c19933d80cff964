import { Listeners } from '../../data/listeners.js';
import { h, setText } from '../dom.js';
import type { Span } from './axes.js';
import { beginnings } from './curve.js';
import { copyPicture, copyText, drawTogether, type Copied } from './copying.js';
import { csv } from './csv.js';
import { Detail } from './detail.js';
import { engine, type Engine } from './engine.js';
import * as frames from './frames.js';
import {
  readChoices,
  type PlotChoices,
  type PlotData,
  type PlotHost
} from './host.js';
import { keysOf, Legend } from './legend.js';
import { PanelGrid } from './grid.js';
import { compose, type Picture } from './picture.js';
import { copyWords, describe, emptyWords, notes } from './sentences.js';
import { ranges } from './splice.js';
import { ValueTable } from './table.js';
import { onThemeChange, theme, type Theme } from './theme.js';
import { Toolbar, type Copy } from './toolbar.js';
import { scaled, shifted, within } from './window.js';

/** Detail is asked for again this often while a zoomed line grows, in ms. */
const AGAIN = 2000;

const NOTHING: PlotData = { lines: [], runs: [], varied: [], thresholds: [] };

/** Called with the labels of the runs that are shown alone; empty: all are. */
export type IsolateListener = (runs: readonly string[]) => void;

/** The live plot of an experiment. */
export class PlotView {
  readonly node: HTMLElement;

  constructor(host: PlotHost) {
    this._host = host;
    const { words } = host;
    this._choices = readChoices(host.load());
    this._detail = new Detail(host, () => this._schedule());
    this._toolbar = new Toolbar(
      {
        choose: change => this._choose(change),
        reset: () => this._zoom(null),
        copyPicture: () => void this._copyPicture(),
        copyTable: () => void this._copyTable()
      },
      words
    );
    this._legend = new Legend(
      {
        highlight: key => this._grid.highlight(key),
        isolate: group =>
          this._isolate(group && group.runs.map(run => run.label), true)
      },
      words
    );
    this._grid = new PanelGrid(
      {
        zoom: window => this._zoom(window),
        scale: (about, factor) =>
          this._change(shown =>
            scaled(shown, about, factor, this._choices.logX)
          ),
        shift: share =>
          this._change(shown => shifted(shown, share, this._choices.logX)),
        resized: points => {
          host.setPoints(points);
          this._schedule();
        }
      },
      words
    );
    this._table = new ValueTable(words, () => this._schedule());
    this._notes = h('p', { class: 'labbook-plot-notes' });
    this.node = h(
      'div',
      // Keys that mean something here mean something else to a notebook.
      { class: 'labbook labbook-plots', 'data-lm-suppress-shortcuts': true },
      this._toolbar.node,
      this._legend.node,
      this._grid.node,
      this._notes,
      this._table.node
    );
    this._unobserve = [onThemeChange(() => this.redraw()), this._observe()];
    engine().then(
      loaded => {
        this._engine = loaded;
        this._schedule();
      },
      () => host.say(words.__('The plot could not be loaded; reload the page.'))
    );
    this._draw();
    this._tell();
  }

  /** Show other data, at the next frame and only while it can be seen. */
  update(data: PlotData): void {
    const stamp = stampOf(data);
    const same = data.lines === this._data.lines && stamp === this._stamp;
    this._data = data;
    this._stamp = stamp;
    if (!same) {
      this._schedule();
    }
  }

  /** Show one run alone; null: all of them. */
  isolate(run: string | null): void {
    this._isolate(run === null ? null : [run], false);
  }

  onIsolate(listener: IsolateListener): () => void {
    return this._listeners.add(listener);
  }

  /** Read the page's colours again. */
  redraw(): void {
    this._theme = null;
    this._schedule();
  }

  dispose(): void {
    this._disposed = true;
    frames.leave(this._drawing);
    this._detail.forget();
    this._unobserve.forEach(end => end());
    this._grid.dispose();
    this._listeners.clear();
    this.node.remove();
  }

  private _schedule(): void {
    if (this._visible && !this._disposed) {
      frames.draw(this._drawing);
    }
  }

  private _draw(): void {
    const picture = this._compose();
    this._picture = picture;
    // Colours are only known once the page holds the node.
    this._theme ??= this.node.isConnected ? theme(this.node) : null;
    this._grid.show(picture, {
      engine: this._theme && this._engine,
      theme: this._theme,
      choices: this._choices
    });
  }

  /** Say around the plot what it shows. */
  private _tell(): void {
    const { words } = this._host;
    const picture = this._picture!;
    this._legend.show(picture, this._alone);
    this._grid.tell(
      describe(picture, this._data, words),
      this._data === NOTHING ? '' : emptyWords(this._data, words)
    );
    this._toolbar.show(picture, this._choices, this._window !== null);
    setText(
      this._notes,
      this._trouble || notes(picture, this._choices, this._window, words)
    );
    this._notes.classList.toggle('labbook-plot-waiting', this._detail.waiting);
    this._table.show(this._data, picture, this._alone);
  }

  private _compose(): Picture {
    const look = {
      choices: this._choices,
      window: this._window,
      runs: this._alone,
      refined: (line: PlotData['lines'][number]) =>
        this._detail.refined(line, this._choices.by),
      words: this._host.words
    };
    const picture = compose(this._data, look);
    if (!this._window || !this._follow(picture.whole)) {
      return picture;
    }
    return compose(this._data, { ...look, window: this._window });
  }

  /** A window that reaches the end goes with the end while a run still logs. */
  private _follow(whole: Span): boolean {
    if (!this._following || whole[1] === this._end) {
      return false;
    }
    const [from, to] = this._window!;
    this._end = whole[1];
    if (this._choices.logX) {
      this._window = [from, whole[1]];
    } else {
      this._window = [whole[1] - (to - from), whole[1]];
    }
    if (performance.now() - this._asked > AGAIN) {
      this._ask();
    }
    return true;
  }

  private _change(change: (shown: Span) => Span): void {
    if (this._picture) {
      this._zoom(change(this._picture.shown));
    }
  }

  private _zoom(wanted: Span | null): void {
    const whole = this._picture?.whole;
    this._trouble = '';
    this._window =
      wanted && whole ? within(wanted, whole, this._choices.logX) : null;
    if (this._window && whole) {
      const atEnd = whole[1] - this._window[1] < 1e-6 * (whole[1] - whole[0]);
      this._following = atEnd && this._picture!.live;
      this._end = whole[1];
      this._ask();
    } else {
      this._detail.forget();
    }
    this._schedule();
  }

  private _ask(): void {
    const { lines } = this._data;
    const { shownMetrics } = this._picture!;
    this._asked = performance.now();
    this._detail.want(
      ranges(
        lines.filter(
          line =>
            shownMetrics.includes(line.metric) &&
            (!this._alone || this._alone.has(line.run))
        ),
        beginnings(lines),
        this._choices.by,
        this._window!,
        this._grid.points
      )
    );
  }

  private _choose(change: Partial<PlotChoices>): void {
    const before = this._choices;
    this._trouble = '';
    this._choices = { ...before, ...change };
    this._host.save(this._choices);
    if (this._choices.by !== before.by || this._choices.logX !== before.logX) {
      this._zoom(null);
    } else if (this._window && change.metrics !== undefined) {
      this._schedule();
      this._picture = this._compose();
      this._ask();
    }
    this._schedule();
  }

  private _isolate(runs: readonly string[] | null, told: boolean): void {
    this._alone = runs && new Set(runs);
    if (told) {
      this._listeners.tell(runs ?? []);
    }
    if (this._window) {
      this._ask();
    }
    this._schedule();
  }

  private async _copyPicture(): Promise<void> {
    if (!this._theme || !this._picture) {
      return;
    }
    const { parts, width, height } = this._grid.parts();
    const keys = keysOf(this._picture, this._alone, this._host.words);
    const canvas = drawTogether(parts, keys, width, height, this._theme);
    this._tellCopy('picture', await copyPicture(canvas, 'plot.png'));
  }

  private async _copyTable(): Promise<void> {
    const { lines, runs, varied } = this._data;
    const metrics = this._picture?.shownMetrics ?? [];
    const shown = lines
      .filter(line => metrics.includes(line.metric))
      .filter(line => !this._alone || this._alone.has(line.run))
      .map(line =>
        this._window ? this._detail.refined(line, this._choices.by) : line
      );
    const { by } = this._choices;
    const text = csv({ lines: shown, runs, varied, by, window: this._window });
    this._tellCopy('table', await copyText(text, 'plot.csv'));
  }

  /** On the button, below the plot where it went wrong, and aloud. */
  private _tellCopy(what: Copy, how: Copied): void {
    const sentence = copyWords(what, how, this._host.words);
    this._trouble = how === 'copied' ? '' : sentence;
    this._toolbar.copied(what, how);
    this._host.say(sentence);
    this._schedule();
  }

  private _observe(): () => void {
    if (typeof IntersectionObserver !== 'function') {
      this._visible = true;
      return () => undefined;
    }
    const observer = new IntersectionObserver(entries => {
      this._visible = entries.at(-1)!.isIntersecting;
      this._schedule();
    });
    observer.observe(this.node);
    return () => observer.disconnect();
  }

  private _host: PlotHost;
  private _choices: PlotChoices;
  private _data = NOTHING;
  private _picture: Picture | null = null;
  private _window: Span | null = null;
  private _following = false;
  private _end = NaN;
  private _asked = 0;
  private _alone: ReadonlySet<string> | null = null;
  private _theme: Theme | null = null;
  private _engine: Engine | null = null;
  private _visible = false;
  private _disposed = false;
  private _stamp = '';
  private readonly _drawing: frames.Drawing = {
    draw: () => this._draw(),
    tell: () => this._tell()
  };
  private _listeners = new Listeners<readonly string[]>();
  private _unobserve: (() => void)[];
  private _detail: Detail;
  private _toolbar: Toolbar;
  private _legend: Legend;
  private _grid: PanelGrid;
  private _table: ValueTable;
  private _notes: HTMLElement;
  /** Why something could not be copied, until something else is done. */
  private _trouble = '';
}

/** What of the runs can be seen in a plot: the rest changes every second. */
function stampOf({ runs, varied, thresholds }: PlotData): string {
  const seen = runs.map(({ label, seed, state, parameters, final, taint }) => [
    label,
    seed,
    state,
    parameters,
    Object.keys(final),
    taint !== ''
  ]);
  return JSON.stringify([seen, varied, thresholds]);
}
