/** What a run's output carries, read with care: it may come from any notebook. */

import { isRecord, numeric, records, text, texts } from './json.js';

export const RUN_MIME_TYPE = 'application/vnd.jupyter-labbook.run+json';

export type Outcome =
  'pending' | 'supported' | 'refuted' | 'inconclusive' | 'withdrawn';

export interface Verdict {
  prediction: string;
  outcome: Outcome;
  observed: string;
  reason: string;
  probability: number | null;
}

/** A level that a prediction sets for a metric: a line in its plot. */
export interface Threshold {
  metric: string;
  value: number;
  label: string;
}

export interface Progress {
  done: number;
  total: number | null;
  remaining: number | null;
  text: string;
}

export interface RunView {
  id: string;
  label: string;
  state: string;
  parameters: Record<string, unknown>;
  seed: number;
  final: Record<string, number | null>;
  progress: Progress | null;
  seconds: number | null;
  reason: string;
  tail: string;
  /** Paths of pictures, relative to the run folder. */
  figures: string[];
  /** Why what it logged does not count any more; empty: it does. */
  taint: string;
}

export type Severity = 'problem' | 'warning' | 'note';

/** One thing that somebody should know before the runs start. */
export interface Finding {
  kind: string;
  severity: Severity;
  sentence: string;
  /** What mends it, as behind `labbook`; empty if no command does. */
  remedy: string;
  /** Lines to read, such as the end of an output. */
  detail: string;
}

/** What is known before its runs start of an experiment that waits. */
export interface Checked {
  state: 'under-way' | 'done' | 'broken-off';
  /** Why looking was broken off, if anybody can tell. */
  reason: string;
  findings: Finding[];
}

export interface ExperimentView {
  name: string;
  number: number;
  path: string;
  question: string;
  hypothesis: string;
  why: string;
  impact: string;
  conclusion: string;
  note: string;
  tags: string[];
  verdicts: Verdict[];
  thresholds: Threshold[];
  runs: RunView[];
  varied: string[];
  /** Null where nothing waits, or nobody looked. */
  checked: Checked | null;
}

/** A picture that a run drew; without an address it is only named. */
export interface Figure {
  name: string;
  uri: string;
}

/** What could be done next: why, and the command. */
export type Step = [why: string, command: string];

export interface RunData {
  view: ExperimentView;
  /** When the output was written; null where it does not say. */
  drawn: Date | null;
  svg: string;
  figures: Figure[];
  next: Step[];
}

/** Only pictures that the notebook itself carries: nothing is fetched. */
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml);base64,/;

const OUTCOMES: readonly string[] = [
  'pending',
  'supported',
  'refuted',
  'inconclusive',
  'withdrawn'
];

/**
 * Read the data of one output.
 *
 * @throws Error whose message is a sentence for the person who looks at it.
 */
export function readRun(data: unknown): RunData {
  if (!isRecord(data) || !('version' in data)) {
    throw new Error(
      'This output holds no experiment; run its cell again to draw it.'
    );
  }
  if (data.version !== 1) {
    throw new Error(
      'This output was written by another version of jupyter_labbook; ' +
        'update the package here, or run the cell again.'
    );
  }
  const view = readView(data.view);
  if (!view) {
    throw new Error(
      'This output of jupyter_labbook is damaged; run its cell again to draw it.'
    );
  }
  return {
    svg: text(data.svg),
    drawn: moment(data.drawn),
    figures: records(data.figures).map(({ name, uri }) => ({
      name: text(name),
      uri: PICTURE.test(text(uri)) ? text(uri) : ''
    })),
    next: (Array.isArray(data.next) ? data.next : [])
      .map(texts)
      .filter((step): step is Step => step.length === 2),
    view
  };
}

/** Read an experiment, whatever is missing in it; null if it has no name. */
export function readView(data: unknown): ExperimentView | null {
  if (!isRecord(data) || typeof data.name !== 'string' || !data.name) {
    return null;
  }
  return {
    name: data.name,
    number: numeric(data.number) ?? 0,
    path: text(data.path),
    question: text(data.question),
    hypothesis: text(data.hypothesis),
    why: text(data.why),
    impact: text(data.impact),
    conclusion: text(data.conclusion),
    note: text(data.note),
    tags: texts(data.tags),
    verdicts: records(data.verdicts).map(readVerdict),
    thresholds: records(data.thresholds).flatMap(readThreshold),
    runs: records(data.runs).map(readOneRun),
    varied: texts(data.varied),
    checked: readChecked(data.checked)
  };
}

const SEVERITIES: readonly string[] = ['problem', 'warning', 'note'];
const CHECKING: readonly string[] = ['under-way', 'done', 'broken-off'];

function readChecked(data: unknown): Checked | null {
  if (!isRecord(data) || !CHECKING.includes(text(data.state))) {
    return null;
  }
  return {
    state: text(data.state) as Checked['state'],
    reason: text(data.reason),
    findings: records(data.findings).map(readFinding)
  };
}

function readFinding(data: Record<string, unknown>): Finding {
  const severity = text(data.severity);
  return {
    kind: text(data.kind),
    severity: (SEVERITIES.includes(severity) ? severity : 'note') as Severity,
    sentence: text(data.sentence),
    remedy: isRecord(data.remedy) ? text(data.remedy.verb) : '',
    detail: text(data.detail)
  };
}

function readThreshold(data: Record<string, unknown>): Threshold[] {
  const [metric, value] = [text(data.metric), numeric(data.value)];
  return metric && value !== null
    ? [{ metric, value, label: text(data.label) }]
    : [];
}

export function readOutcome(data: unknown): Outcome {
  const outcome = text(data);
  return (OUTCOMES.includes(outcome) ? outcome : 'pending') as Outcome;
}

export function readProgress(data: unknown): Progress | null {
  return isRecord(data)
    ? {
        done: numeric(data.done) ?? 0,
        total: numeric(data.total),
        remaining: numeric(data.remaining),
        text: text(data.text)
      }
    : null;
}

export function readVerdict(data: Record<string, unknown>): Verdict {
  return {
    prediction: text(data.prediction),
    outcome: readOutcome(data.outcome),
    observed: text(data.observed),
    reason: text(data.reason),
    probability: numeric(data.probability)
  };
}

function readOneRun(data: Record<string, unknown>): RunView {
  return {
    id: text(data.id),
    label: text(data.label),
    state: text(data.state) || 'unknown',
    parameters: isRecord(data.parameters) ? data.parameters : {},
    seed: numeric(data.seed) ?? 0,
    final: Object.fromEntries(
      Object.entries(isRecord(data.final) ? data.final : {}).map(
        ([name, last]) => [name, numeric(last)]
      )
    ),
    progress: readProgress(data.progress),
    seconds: numeric(data.seconds),
    reason: text(data.reason),
    tail: text(data.tail),
    figures: texts(data.figures),
    taint: text(data.taint)
  };
}

function moment(data: unknown): Date | null {
  const date = new Date(text(data));
  return Number.isNaN(date.getTime()) ? null : date;
}
