/** Stands in for the plot of branch i3-plot until it is merged. */

import type { Line, Range } from '../../data/lines.js';
import type { RunView, Threshold } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { h } from '../dom.js';

export type PlotChoices = Record<string, unknown>;

export interface PlotData {
  lines: readonly Line[];
  runs: readonly RunView[];
  varied: readonly string[];
  thresholds: readonly Threshold[];
}

export interface PlotHost {
  words: Words;
  range(range: Range, signal?: AbortSignal): Promise<Line[]>;
  setPoints(points: number): void;
  say(sentence: string): void;
  load(): Partial<PlotChoices>;
  save(choices: PlotChoices): void;
}

export class PlotView {
  readonly node = h('div', { class: 'labbook-plot-view' });
  constructor(readonly host: PlotHost) {}
  update(data: PlotData): void {
    this.data = data;
  }
  isolate(run: string | null): void {
    if (run !== this.isolated) {
      this.isolated = run;
      this._listeners.forEach(listener => listener(run));
    }
  }
  onIsolate(listener: (run: string | null) => void): void {
    this._listeners.add(listener);
  }
  redraw(): void {}
  dispose(): void {
    this._listeners.clear();
  }
  data: PlotData | null = null;
  isolated: string | null = null;
  private _listeners = new Set<(run: string | null) => void>();
}
