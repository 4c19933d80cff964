/** What the run view knows of one experiment, and the one interface to its verbs. */

import type { Freshness } from './freshness.js';
import type { Line, Range } from './lines.js';
import type { ExperimentView, Step } from './run.js';

/** Part of a run's output, by byte offsets. */
export interface OutputPart {
  /** Offset of the first byte that is in `text`. */
  start: number;
  /** Offset behind its last byte: where to go on. */
  end: number;
  /** Bytes that there are in all. */
  size: number;
  text: string;
}

/** What may have changed when a listener is called. */
export type Aspect = 'view' | 'lines' | 'output' | 'freshness';

export interface ExperimentSource {
  /** null until the first answer. */
  readonly view: ExperimentView | null;
  readonly next: Step[];
  readonly lines: readonly Line[];
  readonly freshness: Freshness;
  /** Whether verbs can be used: else their buttons are not drawn. */
  readonly controllable: boolean;

  subscribe(listener: (changed: ReadonlySet<Aspect>) => void): () => void;

  /** Nothing is fetched for a view that nobody sees. */
  setVisible(visible: boolean): void;

  /** How many points a line is drawn with: twice its width in pixels. */
  setPoints(points: number): void;

  /** Lines of a part of the plot, in more detail. */
  range(range: Range, signal?: AbortSignal): Promise<Line[]>;

  /**
   * Output of a run: from an offset on, or its end where none is given.
   *
   * At most 64 KiB come at once.
   */
  output(run: string, from?: number): Promise<OutputPart>;

  /** Address of a picture that a run drew, by `RunView.figures`' path. */
  figure(run: string, path: string): string;

  /** Address of everything that a run logged, as CSV. */
  metricsFile(run: string): string;

  /**
   * Each promise resolves when the wish is stored, and rejects with an `Error`
   * whose message is one sentence for a person. Without labels: all runs.
   */
  stop(runs?: string[]): Promise<void>;
  rerun(runs?: string[]): Promise<void>;
  /** `was`: the conclusion that its author saw; if it has changed, nothing is stored. */
  conclude(text: string, was: string): Promise<void>;

  dispose(): void;
}
