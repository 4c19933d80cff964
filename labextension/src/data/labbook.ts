/** What the panel and the status bar know of a labbook. */

import type { Freshness } from './freshness.js';
import type { Outcome, Progress } from './run.js';

/** One experiment in a list. */
export interface ExperimentRow {
  /** Name of its folder, such as `0007-wider-forest`: what routes take. */
  experiment: string;
  number: number;
  name: string;
  question: string;
  why: string;
  hypothesis: string;
  conclusion: string;
  tags: string[];
  verdicts: Outcome[];
  /** Number of runs in each state. */
  states: Record<string, number>;
  /** Runs that do not count any more. */
  tainted: number;
  /** ISO 8601, UTC. */
  created: string;
  /** When its last run ended; empty while one is to end. */
  ended: string;
  progress: Progress | null;
  /** Why a run failed; empty if none did. */
  reason: string;
  /** Path of the notebook below the server's root, and its cell; or empty. */
  notebook: string;
  cell: string;
}

export type Group = 'running' | 'waiting' | 'today' | 'unconcluded' | 'failed';

export interface Overview {
  /** Path of the labbook's folder below the server's root. */
  labbook: string;
  /** Runs in each state, over all experiments. */
  counts: Record<string, number>;
  /** At most 50 rows each, newest first; `totals` says how many there are. */
  groups: Record<Group, ExperimentRow[]>;
  totals: Record<Group, number>;
  /** All tags in use. */
  tags: string[];
  /** A sentence for each file that cannot be read. */
  problems: string[];
}

export interface Found {
  rows: ExperimentRow[];
  total: number;
  /** Hand back to get the rows that follow; empty at the end. */
  cursor: string;
}

/** A run that has ended, as a notification tells it. */
export interface Ended {
  experiment: string;
  name: string;
  run: string;
  state: string;
  reason: string;
  /** Verdicts of the experiment, once all of its runs have ended. */
  verdicts: Outcome[];
  /** Whether that was its last run. */
  last: boolean;
}

/** What pre-flight has found about experiments that wait, as it is told. */
export interface Looked {
  /** Folders of the experiments, and their names. */
  experiments: string[];
  names: string[];
  problems: number;
  warnings: number;
}

/** The labbook that the panel shows. */
export interface LabbookSource {
  /** Path below the server's root; empty where there is none. */
  readonly labbook: string;
  readonly overview: Overview | null;
  readonly freshness: Freshness;

  /** Called after each new overview, freshness or labbook. */
  subscribe(listener: () => void): () => void;

  /** Called for each run that ends while the page is open. */
  onEnded(listener: (ended: Ended) => void): () => void;

  /** Called when pre-flight finds something while the page is open. */
  onLooked(listener: (looked: Looked) => void): () => void;

  /** Show those whose text and tag fit; empty for all. */
  filter(text: string, tag: string): void;

  /** Search all questions, hypotheses, conclusions and names. */
  search(text: string, cursor?: string): Promise<Found>;

  /** Nothing but counts is fetched while nobody looks at the panel. */
  setVisible(visible: boolean): void;

  /** As in `ExperimentSource`. */
  stop(experiment: string, runs?: string[]): Promise<void>;
  rerun(experiment: string, runs?: string[]): Promise<void>;
  conclude(experiment: string, text: string, was: string): Promise<void>;

  dispose(): void;
}
