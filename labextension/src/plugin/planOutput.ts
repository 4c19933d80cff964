import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import type { PlanItem } from '../data/plan.js';
import { ApiError } from '../data/rest/api.js';
import type { Hub } from '../data/rest/hub.js';
import { RestPlanSource } from '../data/rest/planSource.js';
import { Refresher } from '../data/rest/refresher.js';
import { trouble } from '../data/rest/stream.js';
import { record, text } from '../data/json.js';
import type { Words } from '../data/words.js';
import { focused, h } from '../views/dom.js';
import type { Store } from '../views/host.js';
import { PlanView } from '../views/plan.js';
import { Room } from './room.js';

/** What an output carries that shows a plan; its `version` is 1. */
export const PLAN_MIME_TYPE = 'application/vnd.jupyter-labbook.plan+json';

/** What the output of a plan is given by the program that shows it. */
export interface PlanOutputHost {
  words: Words;
  store: Store;
  hub: Hub;
  /** Path of the notebook below the server's root; or empty. */
  notebook(): string;
  /** Begin an experiment with an item. */
  makeExperiment(item: PlanItem, output: PlanOutput): void;
  /** How the output is drawn without a server that knows the labbook. */
  otherwise(output: PlanOutput): IRenderMime.IRenderer | null;
}

/**
 * A plan in the output of a cell, read and written through the server.
 *
 * The kernel may be busy, gone or another one. Where the server finds no labbook,
 * the output is drawn as a page without this extension would.
 */
export class PlanOutput extends Widget implements IRenderMime.IRenderer {
  constructor(private readonly _host: PlanOutputHost) {
    super();
    this.addClass('labbook-renderer');
    this._room = new Room(this._place, _host.store);
    this._find = new Refresher(_host.hub.pace, this._look, () => undefined);
    this._fold.append(h('summary', {}, _host.words.__('Plan')), this._place);
    this._fold.addEventListener('toggle', () => this._settle());
    this._place.addEventListener('focusout', () => {
      // The focus has not arrived elsewhere yet.
      queueMicrotask(() => this._settle());
    });
    this.node.append(this._fold);
    this._watch();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    if (this.isDisposed) {
      return;
    }
    const data = record(model.data[PLAN_MIME_TYPE]);
    const path = text(data.path);
    const moved = path !== this._path;
    this._path = path;
    this._resting = data.resting === true;
    this._model = model;
    if (moved) {
      this._leave();
      this._room.reserve(path);
      this._find.ask();
    }
    await this._other?.renderModel(model);
    this._settle();
  }

  /** Whether the output carries another form too. */
  holds(mimeType: string): boolean {
    return this._model !== null && mimeType in this._model.data;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._observer?.disconnect();
      this._find.dispose();
      this._leave();
      super.dispose();
    }
  }

  private _look = async (signal: AbortSignal): Promise<boolean> => {
    const path = this._path ?? '';
    let labbook = '';
    try {
      const { api } = this._host.hub;
      labbook = await api.labbook(this._host.notebook(), signal, path);
    } catch (error) {
      // Without our part of the server, the kernel's widget still works.
      const absent = error instanceof ApiError && error.reason === 'absent';
      if (!(error instanceof ApiError)) {
        throw error;
      } else if (!absent && trouble(error)[0] !== 'gone') {
        throw error;
      }
    }
    if (path !== this._path) {
      return true;
    }
    this._labbook = labbook;
    if (labbook) {
      this._settle();
    } else {
      await this._showOtherwise();
    }
    return false;
  };

  /** Open what is worked on, and close what rests once nobody is in it. */
  private _settle(): void {
    if (this.isDisposed) {
      return;
    }
    const used = this.node.contains(focused(this.node));
    if (this._wasResting !== this._resting && !(this._resting && used)) {
      this._wasResting = this._resting;
      this._fold.open = !this._resting;
      this._fold.classList.toggle('labbook-resting', this._resting);
    }
    if (this._labbook && this._fold.open && !this._view) {
      const source = new RestPlanSource(this._host.hub, this._labbook);
      this._source = source;
      this._view = new PlanView(source, {
        words: this._host.words,
        makeExperiment: item => this._host.makeExperiment(item, this)
      });
      this._place.append(this._view.node);
      this._room.fill(this._view.node);
    }
    this._source?.setVisible(this._seen && this._fold.open);
  }

  private async _showOtherwise(): Promise<void> {
    this._other ??= this._host.otherwise(this);
    if (this._other && this._model) {
      this._fold.replaceWith(this._other.node);
      await this._other.renderModel(this._model);
    }
  }

  private _leave(): void {
    this._room.release();
    this._view?.dispose();
    this._source?.dispose();
    this._view = this._source = null;
    this._labbook = '';
    this._other?.node.replaceWith(this._fold);
    this._other?.dispose();
    this._other = null;
  }

  /** Nothing is asked for a plan that nobody sees. */
  private _watch(): void {
    const see = (seen: boolean): void => {
      this._seen = seen;
      this._find.allow(seen);
      this._source?.setVisible(seen && this._fold.open);
    };
    if (typeof IntersectionObserver === 'undefined') {
      see(true);
      return;
    }
    this._observer = new IntersectionObserver(
      entries => see(entries.at(-1)!.isIntersecting),
      { rootMargin: '50%' }
    );
    this._observer.observe(this.node);
  }

  private readonly _fold = h('details', { class: 'labbook labbook-plan-fold' });
  private readonly _place = h('div', {});
  private readonly _room: Room;
  private readonly _find: Refresher;
  private _model: IRenderMime.IMimeModel | null = null;
  private _path: string | null = null;
  private _resting = false;
  private _wasResting: boolean | null = null;
  private _labbook = '';
  private _seen = false;
  private _source: RestPlanSource | null = null;
  private _view: PlanView | null = null;
  private _other: IRenderMime.IRenderer | null = null;
  private _observer: IntersectionObserver | undefined;
}
