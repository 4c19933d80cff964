import { Listeners } from './listeners.js';
import type { PlanChange, PlanList, PlanSource, PlanState } from './plan.js';
import { uuid } from './uuid.js';

/** The part of a widget model (anywidget, ipywidgets) that is used here. */
export interface WidgetModel {
  get(name: string): unknown;
  on(event: string, callback: (...values: never[]) => void): void;
  off(event: string, callback: (...values: never[]) => void): void;
  send(content: unknown): void;
}

interface Waiting {
  resolve: () => void;
  reject: (error: Error) => void;
}

const TRAITS = ['lists', 'path', 'problem', 'live'];

/**
 * A plan behind a widget model: state by traits, changes by custom messages.
 *
 * The kernel sends the new `lists` before its answer to the change that made
 * them, so an answered change is one that the state already shows.
 */
export class WidgetPlanSource implements PlanSource {
  readonly slow = 'The kernel is busy; stored when it answers.';

  constructor(model: WidgetModel) {
    this._model = model;
    for (const trait of TRAITS) {
      model.on(`change:${trait}`, this._onChange);
    }
    model.on('msg:custom', this._onMessage);
  }

  get state(): PlanState {
    return {
      lists: (this._model.get('lists') ?? []) as PlanList[],
      path: (this._model.get('path') ?? '') as string,
      problem: (this._model.get('problem') ?? '') as string,
      live: this._model.get('live') !== false
    };
  }

  subscribe(listener: () => void): () => void {
    return this._listeners.add(listener);
  }

  apply(change: PlanChange): Promise<void> {
    const id = uuid();
    return new Promise((resolve, reject) => {
      this._waiting.set(id, { resolve, reject });
      try {
        this._model.send({ id, ...change });
      } catch {
        this._waiting.delete(id);
        reject(
          new Error(
            'Not stored: the kernel is gone; run the cell again to go on.'
          )
        );
      }
    });
  }

  dispose(): void {
    for (const trait of TRAITS) {
      this._model.off(`change:${trait}`, this._onChange);
    }
    this._model.off('msg:custom', this._onMessage);
    this._listeners.clear();
    this._waiting.clear();
  }

  private _onChange = (): void => {
    this._listeners.tell();
  };

  private _onMessage = (message: {
    id?: string;
    ok?: boolean;
    error?: string;
  }): void => {
    // Another view of the same model may have asked.
    const waiting = this._waiting.get(message.id ?? '');
    if (!waiting) {
      return;
    }
    this._waiting.delete(message.id!);
    if (message.ok) {
      waiting.resolve();
    } else {
      waiting.reject(
        new Error(message.error || 'Not stored: the kernel gave no reason.')
      );
    }
  };

  private _model: WidgetModel;
  private _listeners = new Listeners();
  private _waiting = new Map<string, Waiting>();
}
