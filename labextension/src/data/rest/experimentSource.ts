import type { Aspect, ExperimentSource, OutputPart } from '../experiment.js';
import type { Contact, Freshness } from '../freshness.js';
import type { Line, Range } from '../lines.js';
import { Listeners } from '../listeners.js';
import type { ExperimentView, Step } from '../run.js';
import { UNCHANGED, type Api, type ApiError } from './api.js';
import type { Hub, Seat } from './hub.js';
import type { Change, Place } from './reading.js';
import { Refresher } from './refresher.js';
import { added } from './series.js';
import { trouble } from './stream.js';
import type { Together } from './together.js';

const POINTS = 1000;

/** One experiment as the server reads it, followed while somebody looks. */
export class RestExperimentSource implements ExperimentSource {
  readonly controllable = true;
  view: ExperimentView | null = null;
  next: Step[] = [];
  lines: readonly Line[] = [];

  /**
   * @param known - what an output says of the experiment, until the server does.
   *   Then lines are asked for first: the server reads all of a long run for the rest.
   */
  constructor(
    hub: Hub,
    private readonly _place: Place,
    known: { view: ExperimentView; next: Step[] } | null = null
  ) {
    this._api = hub.api;
    this._together = hub.together;
    this.view = known?.view ?? null;
    this.next = known?.next ?? [];
    this._view = new Refresher(hub.pace, this._fetchView, this._onFailure);
    this._linesFirst = known !== null;
    this._lines = new Refresher(hub.pace, this._fetchLines, () => {
      // The view fails as well, and says why.
      this._view.ask(false);
      this._linesCame();
    });
    this._seat = hub.join(_place.labbook, {
      change: change => this._onChange(change),
      reset: () => this._askAll(),
      freshness: () => this._onFreshness()
    });
    this._view.ask();
    this._lines.ask();
  }

  get freshness(): Freshness {
    const shared = this._seat.freshness;
    const connected = shared.contact === 'live' || shared.contact === 'polling';
    // Right until now, unless something that was to be fetched has not come.
    const since = this._view.owed ? this._confirmed : shared.since;
    const [contact, sentence] =
      connected && this._trouble
        ? this._trouble
        : [shared.contact, shared.sentence];
    return {
      contact,
      since: this._confirmed && (since ?? this._confirmed),
      sentence
    };
  }

  subscribe(listener: (changed: ReadonlySet<Aspect>) => void): () => void {
    return this._listeners.add(listener);
  }

  setVisible(visible: boolean): void {
    this._visible = visible;
    this._view.allow(visible && !this._linesFirst);
    this._lines.allow(visible);
    if (visible && this._outputOwed) {
      this._outputOwed = false;
      this._tell('output');
    }
  }

  setPoints(points: number): void {
    const bounded = Math.min(8000, Math.max(16, Math.round(points)));
    if (bounded !== this._points) {
      this._points = bounded;
      this._cursor = '';
      this._lines.ask();
    }
  }

  range(range: Range, signal?: AbortSignal): Promise<Line[]> {
    return this._api.range(this._place, range, signal);
  }

  output(run: string, from?: number): Promise<OutputPart> {
    return this._api.output(this._place, run, from);
  }

  figure(run: string, path: string): string {
    return this._api.figure(this._place, run, path);
  }

  metricsFile(run: string): string {
    return this._api.metricsFile(this._place, run);
  }

  async stop(runs?: string[]): Promise<void> {
    await this._api.stop(this._place, runs ?? null);
    this._view.ask();
  }

  async rerun(runs?: string[]): Promise<void> {
    await this._api.rerun(this._place, runs ?? null);
    this._view.ask();
  }

  async conclude(text: string, was: string): Promise<void> {
    try {
      await this._api.conclude(this._place, text, was);
    } finally {
      // A conflict means that there is another conclusion to show.
      this._view.ask();
    }
  }

  dispose(): void {
    this._view.dispose();
    this._lines.dispose();
    this._seat.leave();
    this._listeners.clear();
  }

  private _fetchView = async (signal: AbortSignal): Promise<boolean> => {
    const answer = await this._api.experiment(this._place, this._etag, signal);
    const wasGone = this._trouble !== null;
    this._trouble = null;
    this._confirmed = new Date();
    if (answer !== UNCHANGED) {
      this._etag = answer.etag;
      this.view = answer.value.view;
      this.next = answer.value.next;
      this._behind = answer.value.behind;
      this._tell('view');
    }
    if (wasGone) {
      this._lines.ask();
      this._tell('freshness');
    }
    return this._behind;
  };

  private _fetchLines = async (signal: AbortSignal): Promise<boolean> => {
    const [since, points] = [this._cursor, this._points];
    const series = await this._together.series(
      this._place,
      points,
      since,
      signal
    );
    if (points !== this._points) {
      return true;
    }
    const lines = added(since ? this.lines : [], series);
    if (!lines) {
      if (since) {
        // Begin anew: what is known here is not what the server means.
        this._cursor = '';
        return true;
      }
      return false;
    }
    this._cursor = series.cursor;
    const first = !this._linesKnown;
    this._linesKnown = true;
    if (first || series.lines.length || lines.length !== this.lines.length) {
      this.lines = lines;
      this._tell('lines');
    }
    this._linesCame();
    return series.behind;
  };

  private _linesCame(): void {
    if (this._linesFirst) {
      this._linesFirst = false;
      this._view.allow(this._visible);
    }
  }

  private _onFailure = (error: ApiError): void => {
    const [contact, sentence] = trouble(error);
    if (this._trouble?.[0] !== contact || this._trouble[1] !== sentence) {
      this._trouble = [contact, sentence];
      // Another folder of this name would have other lines.
      this._cursor = contact === 'gone' ? '' : this._cursor;
      this._etag = contact === 'gone' ? '' : this._etag;
      this._tell('freshness');
    }
  };

  private _onChange({ experiments }: Change): void {
    const parts = experiments.get(this._place.experiment);
    if (parts?.has('view')) {
      this._view.ask();
    }
    if (parts?.has('lines')) {
      this._lines.ask();
    }
    if (parts?.has('output')) {
      this._tellOutput();
    }
  }

  private _askAll(): void {
    this._view.ask();
    this._lines.ask();
    this._tellOutput();
  }

  private _onFreshness(): void {
    if (this._trouble && this._seat.freshness.contact !== 'stale') {
      this._view.ask();
    }
    this._tell('freshness');
  }

  private _tellOutput(): void {
    if (this._visible) {
      this._tell('output');
    } else {
      this._outputOwed = true;
    }
  }

  private _tell(aspect: Aspect): void {
    const changed = new Set([aspect]);
    this._listeners.tell(changed);
  }

  private readonly _api: Api;
  private readonly _together: Together;
  private readonly _view: Refresher;
  private readonly _lines: Refresher;
  private readonly _seat: Seat;
  private readonly _listeners = new Listeners<ReadonlySet<Aspect>>();
  private _visible = false;
  private _outputOwed = false;
  private _behind = false;
  private _linesKnown = false;
  private _linesFirst: boolean;
  private _points = POINTS;
  private _cursor = '';
  private _etag = '';
  private _confirmed: Date | null = null;
  private _trouble: [Contact, string] | null = null;
}
