import type { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Panel } from '@lumino/widgets';
import { isRecord, text } from '../data/json.js';
import type { ApiError } from '../data/rest/api.js';
import type { Hub } from '../data/rest/hub.js';
import { RestPlanSource } from '../data/rest/planSource.js';
import { Refresher } from '../data/rest/refresher.js';
import { PlanView } from '../views/plan.js';

export const PLAN_MIME_TYPE = 'application/vnd.jupyter-labbook.plan+json';

/** Failures after which the output shows what it carries besides. */
const FINAL: readonly string[] = ['absent', 'gone', 'outside', 'no-labbook'];

export interface PlanOutputHost {
  hub: Hub;
  /** What draws the other outputs of the notebook that a node is in. */
  rendermime(node: HTMLElement): IRenderMimeRegistry;
  /** Path of the notebook below the server's root; or empty. */
  notebook(): string;
}

/**
 * The plan of a labbook in the output of a cell.
 *
 * Read and written through the server, it waits for no kernel and outlives it. Where
 * the server does not find the labbook, another form of the same output is drawn: the
 * widget, which the kernel feeds, or the list as it was.
 */
export class PlanOutput extends Panel implements IRenderMime.IRenderer {
  constructor(private readonly _host: PlanOutputHost) {
    super();
    this.addClass('labbook-renderer');
    this._search = new Refresher(_host.hub.pace, this._find, error =>
      this._onFailure(error)
    );
    this._watch();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._model = model;
    const data = model.data[PLAN_MIME_TYPE] as unknown;
    const path = isRecord(data) ? text(data.path) : '';
    if (path && path === this._path) {
      // Only what other front ends draw has changed.
      return this._other?.renderModel(model);
    }
    this._path = path;
    this._end();
    if (path) {
      this._search.ask();
    } else {
      await this._drawOther();
    }
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._observer?.disconnect();
    this._search.dispose();
    this._end();
    super.dispose();
  }

  private _find = async (signal: AbortSignal): Promise<boolean> => {
    const path = this._path;
    const { api } = this._host.hub;
    const place = await api.place(path, this._host.notebook(), signal);
    if (path !== this._path) {
      return true;
    }
    if (!this._source) {
      this._end();
      this._source = new RestPlanSource(this._host.hub, place.labbook);
      this._source.setVisible(this._seen);
      this._view = new PlanView(this._source);
      this.node.append(this._view.node);
    }
    return false;
  };

  private _onFailure(error: ApiError): void {
    if (!this._source && FINAL.includes(error.reason)) {
      void this._drawOther();
    }
  }

  /** Draw what the output carries for front ends that have no server of ours. */
  private async _drawOther(): Promise<void> {
    const model = this._model;
    if (!model || this._other) {
      return;
    }
    const rendermime = this._host.rendermime(this.node);
    const data = { ...model.data };
    delete data[PLAN_MIME_TYPE];
    const safety = model.trusted ? 'any' : 'ensure';
    const type = rendermime.preferredMimeType(data, safety);
    if (type) {
      this._other = rendermime.createRenderer(type);
      // As a child: some renderers wait for being attached.
      this.addWidget(this._other);
      await this._other.renderModel(model);
    }
  }

  private _end(): void {
    this._view?.dispose();
    this._source?.dispose();
    this._other?.dispose();
    this._view = null;
    this._source = null;
    this._other = null;
  }

  /** Nothing is asked for an output that nobody sees. */
  private _watch(): void {
    if (typeof IntersectionObserver === 'undefined') {
      this._see(true);
      return;
    }
    this._observer = new IntersectionObserver(
      entries => this._see(entries.at(-1)!.isIntersecting),
      { rootMargin: '50%' }
    );
    this._observer.observe(this.node);
  }

  private _see(seen: boolean): void {
    this._seen = seen;
    this._search.allow(seen);
    this._source?.setVisible(seen);
  }

  private readonly _search: Refresher;
  private _model: IRenderMime.IMimeModel | null = null;
  private _path = '';
  private _seen = false;
  private _source: RestPlanSource | null = null;
  private _view: PlanView | null = null;
  private _other: IRenderMime.IRenderer | null = null;
  private _observer: IntersectionObserver | undefined;
}
