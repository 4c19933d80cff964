/** What waits for the night, what would spoil it, and how to change both. */

/** How long a run will probably take, in seconds. */
export interface Expected {
  low: number;
  middle: number;
  high: number;
}

/** A run that waits or executes. */
export interface QueueEntry {
  /** Its folder below the labbook: names it among all others. */
  place: string;
  /** Name of the experiment's folder. */
  experiment: string;
  run: string;
  /** As in a command: `wider-forest/003`. */
  name: string;
  state: string;
  when: string;
  priority: number;
  batch: string;
  expected: Expected | null;
  /** ISO 8601 by the clock of the user's zone; empty: nobody can tell. */
  begins: string;
  ends: string;
  /** Why it does not start now, in a word and in a sentence. */
  reason: string;
  sentence: string;
  /** By hand, until it is released. */
  held: boolean;
}

export interface Queue {
  moment: string;
  window: string;
  /** Empty if time alone does not tell. */
  opens: string;
  closes: string;
  /** Why nothing starts; empty if runs may start. */
  paused: string;
  /** What executes, then what waits in its order. */
  entries: QueueEntry[];
  /** How many there are, shown or not. */
  total: number;
  slots: number;
  hoursUsed: number;
  hoursThere: number;
  batches: string[];
  problems: string[];
}

export type QueueChange =
  | { act: 'hold' | 'release' | 'now'; runs: string[] }
  | { act: 'move'; runs: string[]; when: string }
  | { act: 'priority'; runs: string[]; priority: number }
  /** Before another one, or first where that is empty. */
  | { act: 'order'; runs: string[]; before: string }
  | { act: 'pause'; why: string }
  | { act: 'resume' };

export type Severity = 'problem' | 'warning' | 'note';

/** One thing that somebody should know before the runs start. */
export interface Finding {
  kind: string;
  severity: Severity;
  sentence: string;
  /** Those concerned: `NAME/RUN`, or `NAME`. */
  runs: string[];
  /** The command that mends it, as behind `labbook`; or empty. */
  remedy: string;
  detail: string;
}

export interface Preflight {
  underway: boolean;
  /** At what was looked last as a whole; empty: all that waits. */
  subject: string;
  /** What is being done at present. */
  step: string;
  problem: string;
  /** When it was looked last; empty if nobody ever did. */
  time: string;
  /** Experiments into which nobody has looked. */
  unchecked: number;
  findings: Finding[];
}

/** One thing that tonight could be used for. */
export interface Suggestion {
  sentence: string;
  /** A command, or the first line of a cell. */
  verb: string;
  where: string;
}

export interface Evening {
  headline: string;
  suggestions: Suggestion[];
}

/** The queue of one labbook. */
export interface QueueSource {
  /** null before the first answer. */
  readonly queue: Queue | null;
  readonly preflight: Preflight | null;
  /** A sentence while nothing can be fetched; else empty. */
  readonly problem: string;

  subscribe(listener: () => void): () => void;

  /** Only the hours of the next window are followed while nobody looks. */
  setVisible(visible: boolean): void;

  /**
   * Each promise resolves when the wish is stored, and rejects with an `Error`
   * whose message is one sentence for a person.
   */
  change(change: QueueChange): Promise<void>;
  stop(entry: QueueEntry): Promise<void>;
  /** Begin to look for what would spoil the night. */
  check(subject: string): Promise<void>;
  /** Do what a finding asks for; says what was done. */
  mend(verb: string): Promise<string>;
  /** What tonight could be used for. */
  evening(): Promise<Evening>;

  dispose(): void;
}

/** A run as routes take it. */
export function runOf({ experiment, run }: QueueEntry): string {
  return `${experiment}/${run}`;
}
