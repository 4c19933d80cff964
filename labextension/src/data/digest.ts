/** What a person wants to know in the morning. */

import type { Outcome, Verdict } from './run.js';

/** The experiment that a part of the digest is about. */
export interface Subject {
  experiment: string;
  number: number;
  name: string;
  /** What it asks, or why it was run. */
  title: string;
  exploring: boolean;
}

export interface Result {
  subject: Subject;
  ended: string;
  /** With which others it was checked and started; empty: with none. */
  batch: string;
  hypothesis: string;
  impact: string;
  conclusion: string;
  verdicts: Verdict[];
  seconds: number | null;
  /** Number of runs in each state. */
  states: Record<string, number>;
  /** A small plot; empty if there is none. */
  svg: string;
  /** Last values of what nothing was predicted of. */
  values: [name: string, value: string][];
}

export interface Failure {
  subject: Subject;
  state: string;
  runs: string[];
  reason: string;
  ended: string;
  tail: string[];
  /** Runs that go on from them, or try again. */
  followed: string[];
}

export interface Delay {
  subject: Subject;
  runs: string[];
  when: string;
  sentence: string;
}

export interface Unconcluded {
  subject: Subject;
  ended: string;
  outcomes: Outcome[];
  conclusion: string;
}

export interface Answer {
  subject: Subject;
  /** Of the plan's item. */
  text: string;
  outcomes: Outcome[];
}

/** An experiment whose tainted runs were run again: old against new. */
export interface Repeated {
  experiment: string;
  why: string;
  changes: [prediction: string, change: string][];
  /** What some runs logged before and now. */
  pairs: string[];
  more: string;
  /** The command that shows all of it. */
  verb: string;
}

/** How well probabilities were given. */
export interface Score {
  count: number;
  hits: number;
  expected: number;
  brier: number;
}

export interface Digest {
  headline: string;
  /** A greeting by the time of the day. */
  good: string;
  moment: string;
  since: string;
  /** When the same was read before; empty if it was not. */
  read: string;
  /** Whether something came that nobody has read of. */
  unread: boolean;
  experiments: number;
  results: Result[];
  repeated: Repeated[];
  failures: Failure[];
  /** What accepted searches have found meanwhile, in words. */
  searches: string[];
  delays: Delay[];
  /** Times in which nobody served the queue. */
  absences: { begin: string; end: string }[];
  unconcluded: Unconcluded[];
  answers: Answer[];
  forecasts: Score;
  bands: Score[];
  judgement: string;
  /** Days in a row with a new experiment, and each of the last fourteen. */
  streak: { days: number; longest: number; today: boolean; recent: number[] };
  /** Of the nights, in seconds. */
  hours: { there: number; used: number };
  problems: string[];
  /** How many there are of each kind, told or not. */
  totals: Record<string, number>;
}

/** The digest of one labbook. */
export interface DigestSource {
  /** null before the first answer. */
  readonly digest: Digest | null;
  readonly problem: string;

  subscribe(listener: () => void): () => void;

  /** Look again. */
  refresh(): void;

  /** Mark what is shown as read. */
  read(): Promise<void>;

  dispose(): void;
}
