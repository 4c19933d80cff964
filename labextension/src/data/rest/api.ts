/** The routes of the server, one method each. */

import type { OutputPart } from '../experiment.js';
import { record, records, text, texts } from '../json.js';
import type { Found, Overview } from '../labbook.js';
import type { Line, Range } from '../lines.js';
import type { PlanChange } from '../plan.js';
import {
  readRun,
  type ExperimentView,
  type RunView,
  type Step
} from '../run.js';
import { ApiError, UNCHANGED, type CallOptions, type Request } from './call.js';
import {
  readChanges,
  readFound,
  readOutput,
  readOverview,
  readPlace,
  readPlan,
  type Changes,
  type Place,
  type Plan
} from './reading.js';
import { given, queryOf, Routes, type Conditional } from './routes.js';
import { readSeries, wholeLines, type Series } from './series.js';

export { ApiError, queryOf, UNCHANGED, type Conditional, type Request };

export interface ExperimentAnswer {
  view: ExperimentView;
  next: Step[];
  /** Whether there is more to be read at once. */
  behind: boolean;
}

/** A part of a metrics file, as it is on disk. */
export interface FilePart {
  bytes: ArrayBuffer;
  /** Offset behind the last byte. */
  end: number;
  size: number;
}

export class Api extends Routes {
  /**
   * @param root - what the addresses of pictures and files begin with.
   */
  constructor(
    request: Request,
    private readonly _root = '',
    options: Partial<CallOptions> = {}
  ) {
    super(request, options);
  }

  /** A sentence for each thing that does not work in these surroundings. */
  async notes(signal?: AbortSignal): Promise<string[]> {
    return texts(record(await this.get('about', {}, signal)).notes);
  }

  /**
   * The labbook beside a notebook or folder, or above it; empty if there is none.
   *
   * @param path - the labbook's folder as an output names it, if that is known.
   */
  async labbook(
    near: string,
    signal?: AbortSignal,
    path = ''
  ): Promise<string> {
    const query = { near, ...given({ path }) };
    const data = await this.get('labbook', query, signal);
    return text(record(data).labbook);
  }

  /** Where the experiment of an output is. */
  async place(
    path: string,
    near: string,
    signal?: AbortSignal
  ): Promise<Place> {
    return readPlace(await this.get('place', { path, near }, signal));
  }

  overview(
    labbook: string,
    filter: { text: string; tag: string },
    known = '',
    signal?: AbortSignal
  ): Conditional<Overview> {
    const query = { labbook, ...given(filter) };
    return this.conditional('overview', query, known, readOverview, signal);
  }

  async experiments(
    labbook: string,
    filter: Partial<
      Record<'text' | 'tag' | 'state' | 'cursor', string> & { limit: number }
    >,
    signal?: AbortSignal
  ): Promise<Found> {
    const query = { labbook, ...given(filter) };
    return readFound(await this.get('experiments', query, signal));
  }

  experiment(
    { labbook, experiment }: Place,
    known = '',
    signal?: AbortSignal
  ): Conditional<ExperimentAnswer> {
    const path = pathOf(experiment);
    return this.conditional(path, { labbook }, known, this._readView, signal);
  }

  /** Lines of an experiment: all, or what was added since a cursor. */
  async series(
    { labbook, experiment }: Place,
    points: number,
    since = '',
    signal?: AbortSignal
  ): Promise<Series> {
    const query = { labbook, points, ...given({ since }) };
    return this.sound(
      readSeries,
      await this.get(pathOf(experiment, 'series'), query, signal)
    );
  }

  /**
   * Lines of several experiments, each as `series` has them.
   *
   * @returns in the same order; undefined for those the server had no time for.
   */
  async seriesTogether(
    labbook: string,
    asked: readonly { experiment: string; points: number; since: string }[],
    signal?: AbortSignal
  ): Promise<(Series | ApiError | undefined)[]> {
    const query = {
      labbook,
      experiment: asked.map(({ experiment }) => experiment),
      points: asked.map(({ points }) => String(points)),
      since: asked.map(({ since }) => since)
    };
    const found = record(await this.get('series', query, signal)).series;
    if (!Array.isArray(found) || found.length !== asked.length) {
      throw this.strange();
    }
    return found.map((part: unknown) => {
      const { status } = record(part);
      return typeof status === 'number'
        ? this.caller.refusal(status, record(part))
        : part === null
          ? undefined
          : this.sound(readSeries, part);
    });
  }

  async range(
    { labbook, experiment }: Place,
    { metrics, runs, by, from, to, points }: Range,
    signal?: AbortSignal
  ): Promise<Line[]> {
    const query = { labbook, metric: metrics, run: runs, by, from, to, points };
    return this.sound(
      wholeLines,
      await this.get(pathOf(experiment, 'range'), query, signal)
    );
  }

  async run(
    { labbook, experiment }: Place,
    run: string,
    signal?: AbortSignal
  ): Promise<{
    view: RunView | null;
    record: Record<string, unknown>;
    exit: Record<string, unknown> | null;
  }> {
    const path = pathOf(experiment, 'runs', run);
    const data = record(await this.get(path, { labbook }, signal));
    const exit = record(data.exit);
    return {
      view:
        this._readView({
          version: 1,
          view: { name: experiment, runs: [data.view] }
        }).view.runs[0] ?? null,
      record: record(data.record),
      exit: Object.keys(exit).length ? exit : null
    };
  }

  async output(
    { labbook, experiment }: Place,
    run: string,
    from?: number,
    signal?: AbortSignal
  ): Promise<OutputPart> {
    const path = pathOf(experiment, 'runs', run, 'output');
    return readOutput(await this.get(path, { labbook, from }, signal));
  }

  /** A part of a metrics file from an offset on. */
  metrics(
    { labbook, experiment }: Place,
    run: string,
    {
      offset = 0,
      limit,
      file
    }: { offset?: number; limit?: number; file?: string },
    signal?: AbortSignal
  ): Promise<FilePart> {
    return this.caller.send(
      pathOf(experiment, 'runs', run, 'metrics'),
      { query: { labbook, offset, limit, file }, ...(signal && { signal }) },
      async response => {
        const bytes = await response.arrayBuffer();
        const header = (name: string): number =>
          Number(response.headers.get(name) ?? NaN);
        const end = header('X-Labbook-End') || offset + bytes.byteLength;
        return {
          bytes,
          end,
          size: Math.max(end, header('X-Labbook-Size') || 0)
        };
      }
    );
  }

  /** Address of a picture that a run drew. */
  figure({ labbook, experiment }: Place, run: string, path: string): string {
    const name = path.replace(/^figures\//, '');
    return this._address(
      pathOf(experiment, 'runs', run, 'figures', name),
      labbook
    );
  }

  /** Address of everything that a run logged. */
  metricsFile({ labbook, experiment }: Place, run: string): string {
    return this._address(
      pathOf(experiment, 'runs', run, 'metrics.csv'),
      labbook
    );
  }

  /** Stop runs; all that are not over where none is named. */
  async stop(place: Place, runs: string[] | null, reason = ''): Promise<void> {
    await this._verb(place, 'stop', { runs, reason });
  }

  /** Run again; the labels of the new runs. */
  async rerun(
    place: Place,
    runs: string[] | null,
    current = false
  ): Promise<string[]> {
    const data = await this._verb(place, 'rerun', { runs, current });
    return records(record(data).runs).map(each => text(each.rerun));
  }

  /** Record what was learned, if `was` is what is recorded now. */
  async conclude(place: Place, said: string, was?: string): Promise<string> {
    const data = await this._verb(place, 'conclude', { text: said, was });
    return text(record(data).conclusion);
  }

  plan(labbook: string, known = '', signal?: AbortSignal): Conditional<Plan> {
    return this.conditional('plan', { labbook }, known, readPlan, signal);
  }

  /** Change the plan once, however often it is asked for under one id. */
  async changePlan(
    labbook: string,
    id: string,
    change: PlanChange,
    signal?: AbortSignal
  ): Promise<Plan> {
    return readPlan(
      await this.post('plan', { labbook }, { id, ...change }, signal)
    );
  }

  async changes(
    labbook: string,
    since = '',
    signal?: AbortSignal
  ): Promise<Changes> {
    const query = { labbook, ...given({ since }) };
    return readChanges(await this.get('changes', query, signal));
  }

  /** The stream of changes; its body ends with the signal. */
  stream(
    labbook: string,
    since: string,
    signal: AbortSignal
  ): Promise<Response> {
    return this.caller.open(
      'stream',
      {
        query: { labbook, ...given({ since }) },
        headers: { Accept: 'text/event-stream' }
      },
      signal
    );
  }

  private _verb(place: Place, verb: string, body: object): Promise<unknown> {
    const { labbook, experiment } = place;
    return this.post(pathOf(experiment, verb), { labbook }, body);
  }

  private _readView = (data: unknown): ExperimentAnswer => {
    const { view, next } = this.sound(readRun, data);
    return { view, next, behind: record(data).behind === true };
  };

  private _address(path: string, labbook: string): string {
    return `${this._root}${path}${queryOf({ labbook })}`;
  }
}

function pathOf(experiment: string, ...rest: string[]): string {
  return ['experiments', experiment, ...rest].map(encodeURIComponent).join('/');
}
