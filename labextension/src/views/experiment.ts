import type { Aspect, ExperimentSource } from '../data/experiment.js';
import type { ExperimentView, Step } from '../data/run.js';
import type { Words } from '../data/words.js';
import { ConclusionView } from './experiment/conclusion.js';
import { ControlView } from './experiment/control.js';
import { FiguresView } from './experiment/figures.js';
import { FreshnessView } from './experiment/freshness.js';
import { LogView } from './experiment/log.js';
import { news } from './experiment/news.js';
import { RunsTable } from './experiment/runsTable.js';
import { Slot } from './experiment/slot.js';
import { StatusView } from './experiment/status.js';
import { h, setAttributes, setText, setHidden } from './dom.js';
import type { RunHost } from './host.js';
import { keepKeys, passOn } from './keys.js';
import { PlotView, type PlotHost } from './plot/index.js';
import { checkedNode } from './run/checked.js';
import {
  fold,
  head,
  pairs,
  paragraph,
  sharedParameters,
  steps,
  verdicts
} from './run/parts.js';

/** How long a button says that it has copied, in ms. */
const DONE = 2_000;

/** Commands that the log and the box for the conclusion stand for. */
const OFFERED = /^%?labbook (tail|conclude) /;

/** An experiment and its runs as they are now: `node` is the view. */
export class LiveRunView {
  readonly node: HTMLElement;

  constructor(source: ExperimentSource, host: RunHost) {
    const trans = host.words;
    // Written anew each time: what is said twice is heard twice.
    const say = (sentence: string): void => {
      this._spoken.textContent = sentence;
    };
    this._say = say;
    this._source = source;
    this._host = host;
    this._trans = trans;
    this._freshness = new FreshnessView(trans);
    this._status = new StatusView(trans);
    this._control = new ControlView(source, trans, say);
    this._conclusion = new ConclusionView(source, host, say);
    this._figures = new FiguresView(source, trans);
    this._table = new RunsTable(trans, runs => this._choose(runs));
    this._log = new LogView(source, host, run => this._choose([run]));
    this.node = h(
      'section',
      {
        class: 'labbook labbook-run labbook-live',
        'aria-label': trans.__('Experiment'),
        'aria-busy': 'true'
      },
      h('div', { class: 'labbook-top' }, this._head.node, this._freshness.node),
      this._waiting,
      this._body,
      this._spoken
    );
    setText(this._waiting, trans.__('Reading the experiment…'));
    this.node.addEventListener('focusin', keepKeys);
    this.node.addEventListener('keydown', event => this._onKey(event));
    this._unsubscribe = source.subscribe(changed => this._update(changed));
    this._watch();
    this._update(new Set<Aspect>(['view', 'lines', 'output', 'freshness']));
  }

  dispose(): void {
    this._unsubscribe();
    this._observer?.disconnect();
    this._freshness.dispose();
    this._plot?.dispose();
    clearInterval(this._clock);
    this._source.setVisible(false);
    this.node.remove();
  }

  private _update(changed: ReadonlySet<Aspect>): void {
    if (changed.has('freshness')) {
      this._freshness.update(this._source.freshness);
      this._keepTime();
    }
    const view = this._source.view;
    if (!view) {
      return;
    }
    const first = this._view === null;
    if (first) {
      this._build(view);
    }
    if (first || changed.has('view')) {
      this._draw(view);
    }
    if (first || changed.has('view') || changed.has('lines')) {
      this._drawPlot(view);
    }
    if (changed.has('output') && !first) {
      this._log.refresh();
    }
  }

  /** All places at once, in their order: nothing moves when one is filled. */
  private _build(view: ExperimentView): void {
    setAttributes(this.node, { 'aria-busy': null });
    this._waiting.remove();
    this._plot = new PlotView(this._plotHost(view));
    this._plot.onIsolate(runs => this._choose(runs, false));
    this._body.replaceChildren(
      this._note.node,
      this._checked.node,
      this._verdicts.node,
      h(
        'div',
        { class: 'labbook-standing-place' },
        this._status.line,
        this._control.node
      ),
      this._control.problem,
      this._status.node,
      h('div', { class: 'labbook-plot-place' }, this._plot.node),
      this._table.node,
      this._conclusion.node,
      this._figures.node,
      this._log.node,
      this._parameters.node,
      this._next.node
    );
  }

  private _draw(view: ExperimentView): void {
    const before = this._view;
    const trans = this._trans;
    this._view = view;
    const labels = new Set(view.runs.map(run => run.label));
    if (this._chosen.some(label => !labels.has(label))) {
      this._isolate(this._chosen.filter(label => labels.has(label)));
    }
    const { name, number, question, why, hypothesis, impact, tags } = view;
    this._head.show(
      [name, number, question, why, hypothesis, impact, tags],
      () => head(view, trans)
    );
    this._note.show(view.note, () =>
      view.note ? paragraph('note', view.note) : null
    );
    this._checked.show([name, view.checked], () =>
      view.checked
        ? checkedNode(view.checked, name, trans, command => [
            this._copier(command)
          ])
        : null
    );
    this._verdicts.show(view.verdicts, () =>
      view.verdicts.length ? verdicts(view.verdicts, trans) : null
    );
    this._status.update(view, Date.now());
    this._keepTime();
    setHidden(this._table.node, view.runs.length < 2);
    const shared = sharedParameters(view);
    this._parameters.show(shared, () =>
      shared.length ? fold(trans.__('Parameters'), '', pairs(shared)) : null
    );
    this._conclusion.update(view);
    this._drawNext(this._source.next);
    this._drawSelection(view);
    const said = before ? news(before, view, trans) : '';
    if (said) {
      setText(this._spoken, said);
    }
  }

  /** The parts that depend on which run is selected. */
  private _drawSelection(view: ExperimentView): void {
    const several = view.runs.length > 1;
    if (several) {
      this._table.update(view, this._chosen);
    }
    this._control.update(
      view,
      this._chosen.length === 1 ? this._chosen[0]! : null
    );
    this._log.update(view, this._chosen[0] ?? null);
    const shown = view.runs.find(run => run.label === this._log.run);
    this._figures.update(shown ?? null, several);
  }

  private _drawPlot(view: ExperimentView): void {
    const { runs, varied, thresholds } = view;
    const lines = this._source.lines;
    this._plot!.update({ lines, runs, varied, thresholds });
  }

  /** Look at some runs alone, such as the seeds of one setting; none: all. */
  private _choose(runs: readonly string[], isolate = true): void {
    if (!this._view || String(runs) === String(this._chosen)) {
      return;
    }
    if (isolate) {
      this._isolate(runs);
    } else {
      this._chosen = runs;
    }
    this._drawSelection(this._view);
  }

  private _isolate(runs: readonly string[]): void {
    this._chosen = runs;
    this._plot?.isolate(runs[0] ?? null);
  }

  private _drawNext(all: readonly Step[]): void {
    // What the view's own controls do needs no command.
    const next = all.filter(([, command]) => !OFFERED.test(command));
    this._next.show(next, () =>
      next.length ? steps(next, command => [this._copier(command)]) : null
    );
  }

  private _copier(command: string): HTMLElement {
    const trans = this._trans;
    const button = h(
      'button',
      {
        type: 'button',
        class: 'labbook-copy',
        'aria-label': trans.__('Copy: %1', command)
      },
      trans.__('Copy')
    );
    button.addEventListener('click', () => {
      void copy(command).then(
        () => {
          setText(button, trans.__('Copied'));
          this._spoken.textContent = trans.__(
            'The command is on the clipboard.'
          );
          setTimeout(() => setText(button, trans.__('Copy')), DONE);
        },
        () =>
          this._host.say(
            trans.__(
              'The browser does not allow copying here; select the command instead.'
            )
          )
      );
    });
    return button;
  }

  private _plotHost(view: ExperimentView): PlotHost {
    const { words, store } = this._host;
    const key = `plot:${view.path}`;
    return {
      words,
      range: (range, signal) => this._source.range(range, signal),
      setPoints: points => this._source.setPoints(points),
      say: this._say,
      load: () => record(store.get(key)),
      save: choices => store.set(key, JSON.stringify(choices))
    };
  }

  /** Nothing is fetched, and no second counted, for a view that nobody sees. */
  private _watch(): void {
    if (typeof IntersectionObserver === 'undefined') {
      this._see(true);
      return;
    }
    this._observer = new IntersectionObserver(entries =>
      this._see(entries.at(-1)!.isIntersecting)
    );
    this._observer.observe(this.node);
  }

  private _see(visible: boolean): void {
    this._visible = visible;
    this._source.setVisible(visible);
    this._keepTime();
  }

  /** Count the seconds while something runs, is seen, and is known to. */
  private _keepTime(): void {
    const { contact } = this._source.freshness;
    const known = contact === 'live' || contact === 'polling';
    const runs = this._view?.runs.some(run => run.state === 'running') ?? false;
    const counts = this._visible && known && runs;
    if (counts && this._clock === undefined) {
      this._clock = setInterval(() => this._status.tick(Date.now()), 1_000);
    } else if (!counts) {
      clearInterval(this._clock);
      this._clock = undefined;
    }
  }

  private _onKey(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      passOn(event, this.node);
    }
    event.stopPropagation();
  }

  private _say: (sentence: string) => void;
  private _source: ExperimentSource;
  private _host: RunHost;
  private _trans: Words;
  private _view: ExperimentView | null = null;
  private _chosen: readonly string[] = [];
  private _visible = false;
  private _observer: IntersectionObserver | undefined;
  private _clock: ReturnType<typeof setInterval> | undefined;
  private _unsubscribe: () => void;
  private _plot: PlotView | null = null;
  private _freshness: FreshnessView;
  private _status: StatusView;
  private _control: ControlView;
  private _conclusion: ConclusionView;
  private _figures: FiguresView;
  private _table: RunsTable;
  private _log: LogView;
  private _head = new Slot();
  private _note = new Slot();
  private _checked = new Slot();
  private _verdicts = new Slot();
  private _parameters = new Slot();
  private _next = new Slot();
  private _body = h('div', { class: 'labbook-body' });
  private _waiting = h('p', { class: 'labbook-empty' });
  private _spoken = h('div', { class: 'labbook-spoken', role: 'status' });
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

function record(text: string | null): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(text ?? '{}');
    return typeof data === 'object' && data !== null && !Array.isArray(data)
      ? (data as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
