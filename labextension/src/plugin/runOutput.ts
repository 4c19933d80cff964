import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import type { ExperimentSource } from '../data/experiment.js';
import type { Freshness } from '../data/freshness.js';
import { ApiError } from '../data/rest/api.js';
import { RestExperimentSource } from '../data/rest/experimentSource.js';
import type { Hub } from '../data/rest/hub.js';
import type { Place } from '../data/rest/reading.js';
import { Refresher } from '../data/rest/refresher.js';
import { trouble } from '../data/rest/stream.js';
import {
  readRun,
  RUN_MIME_TYPE,
  type ExperimentView,
  type Step
} from '../data/run.js';
import { h, setText } from '../views/dom.js';
import { allEnded } from '../views/experiment/standing.js';
import type { RunHost } from '../views/host.js';
import { StaticRunView } from '../views/run.js';
import { Room } from './room.js';

/** A kernel that has drawn nothing for so long no longer draws. */
const KERNEL_PATIENCE = 10_000;

/** How long lines may keep a view waiting that could be shown without. */
const LINES_PATIENCE = 1_000;

/** What the output of a run is given by the program that shows it. */
export interface RunOutputHost {
  run: RunHost;
  hub: Hub;
  /** Path of the notebook below the server's root; or empty. */
  notebook(): string;
  live(
    source: ExperimentSource,
    host: RunHost
  ): { readonly node: HTMLElement; dispose(): void };
}

interface Output {
  view: ExperimentView;
  next: Step[];
  drawn: Date;
}

/**
 * An experiment in the output of a cell.
 *
 * What the output holds is shown at once. Where the server finds the experiment's
 * folder, a view that reads it takes over; else the kernel's updates keep drawing.
 */
export class RunOutput extends Widget implements IRenderMime.IRenderer {
  constructor(private readonly _host: RunOutputHost) {
    super();
    this.addClass('labbook-renderer');
    this._room = new Room(this.node, _host.run.store);
    this._still = new StaticRunView(_host.run.words);
    this.node.append(this._still.node);
    this._search = new Refresher(_host.hub.pace, this._find, error =>
      this._explain(error)
    );
    this._watch();
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    if (this.isDisposed) {
      return Promise.resolve();
    }
    this._data = model.data[RUN_MIME_TYPE];
    const output = outputOf(this._data);
    const moved = output?.view.path !== this._output?.view.path;
    this._output = output;
    if (moved) {
      // An output may be given another experiment.
      this._endLive();
      this._room.reserve(output?.view.path ?? '');
      this._reason = '';
      this._search.ask();
    }
    this._hush();
    return this._live ? Promise.resolve() : this._still.update(this._data);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    clearTimeout(this._timer);
    this._observer?.disconnect();
    this._search.dispose();
    this._endLive();
    super.dispose();
  }

  /** Whether the folder is shown, not what the output holds. */
  get isLive(): boolean {
    return this._live !== null;
  }

  private _find = async (signal: AbortSignal): Promise<boolean> => {
    const path = this._output?.view.path;
    if (!path) {
      return false;
    }
    let place: Place;
    try {
      const { api } = this._host.hub;
      place = await api.place(path, this._host.notebook(), signal);
    } catch (error) {
      if (!(error instanceof ApiError) || trouble(error)[0] !== 'gone') {
        throw error;
      }
      this._explain(error);
      return false;
    }
    if (path !== this._output?.view.path) {
      return true;
    }
    this._follow(place);
    return false;
  };

  /** Take over once there is something to show. */
  private _follow(place: Place): void {
    const { _source: old, _place: before } = this;
    if (old && isSame(place, before)) {
      return;
    }
    this._endLive();
    const { view, next } = this._output!;
    // What still runs may have ended long ago; what has ended stays so.
    const known = allEnded(view) ? { view, next } : null;
    const source = new RestExperimentSource(this._host.hub, place, known);
    this._source = source;
    this._place = place;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      clearTimeout(timer);
      if (source === this._source && !this._live) {
        this._swap(source);
      }
    };
    source.subscribe(changed => {
      if (changed.has('freshness')) {
        this._onFreshness(source.freshness);
      } else if (source.view && changed.has('lines')) {
        show();
      } else if (changed.has('view')) {
        timer ??= setTimeout(show, LINES_PATIENCE);
      }
    });
    source.setVisible(true);
  }

  private _onFreshness({ contact, sentence }: Freshness): void {
    if (contact === 'gone') {
      // It may have been moved together with its notebook.
      this._search.ask();
    }
    if (!this._live) {
      this._reason = sentence;
      if (contact === 'gone') {
        this._endLive();
      }
      this._hush();
    }
  }

  private _swap(source: ExperimentSource): void {
    this._room.hold();
    this._live = this._host.live(source, this._host.run);
    this._still.node.replaceWith(this._live.node);
    this._reason = '';
    this._hush();
    this._room.fill(this._live.node);
  }

  private _endLive(): void {
    this._room.release();
    this._source?.dispose();
    this._source = null;
    this._place = null;
    if (this._live) {
      this._live.node.replaceWith(this._still.node);
      this._live.dispose();
      this._live = null;
    }
  }

  private _explain(error: ApiError): void {
    this._room.release();
    this._reason = error.message;
    this._hush();
  }

  /** Say that the output is old, but only once nobody draws what is going on. */
  private _hush(): void {
    clearTimeout(this._timer);
    this._aside.remove();
    const { _output: output, _reason: reason } = this;
    if (!output || !reason || this._live || allEnded(output.view)) {
      return;
    }
    const age = Date.now() - output.drawn.getTime();
    this._timer = setTimeout(
      () => {
        const { words } = this._host.run;
        this.node.append(this._aside);
        setText(
          this._aside,
          words.__('As it was on %1. %2', output.drawn.toLocaleString(), reason)
        );
      },
      Math.max(0, KERNEL_PATIENCE - age)
    );
  }

  /** Nothing is asked for an output that nobody has seen. */
  private _watch(): void {
    if (typeof IntersectionObserver === 'undefined') {
      this._search.allow(true);
      return;
    }
    this._observer = new IntersectionObserver(
      entries => {
        const seen = entries.at(-1)!.isIntersecting;
        if (seen && this._reason && !this._live) {
          this._search.ask();
        }
        this._search.allow(seen);
      },
      { rootMargin: '50%' }
    );
    this._observer.observe(this.node);
  }

  private readonly _room: Room;
  private readonly _still: StaticRunView;
  private readonly _search: Refresher;
  private readonly _aside = h('p', {
    class: 'labbook labbook-old',
    role: 'status'
  });
  private _data: unknown;
  private _output: Output | null = null;
  private _source: ExperimentSource | null = null;
  private _place: Place | null = null;
  private _live: { readonly node: HTMLElement; dispose(): void } | null = null;
  private _reason = '';
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _observer: IntersectionObserver | undefined;
}

/** What an output says; null if it cannot be read. */
function outputOf(data: unknown): Output | null {
  try {
    const { view, next, drawn } = readRun(data);
    return { view, next, drawn: drawn ?? new Date() };
  } catch {
    return null;
  }
}

function isSame(one: Place, other: Place | null): boolean {
  return one.labbook === other?.labbook && one.experiment === other.experiment;
}
