/** What a run's output carries, read with care: it may come from any notebook. */

import { isRecord, numeric, records, text, texts } from './json.js';

export const RUN_MIME_TYPE = 'application/vnd.jupyter-labbook.run+json';

export type Outcome = 'pending' | 'supported' | 'refuted' | 'inconclusive';

export interface Verdict {
  prediction: string;
  outcome: Outcome;
  observed: string;
  reason: string;
  probability: number | null;
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
}

export interface ExperimentView {
  name: string;
  number: number;
  path: string;
  question: string;
  hypothesis: string;
  why: string;
  conclusion: string;
  note: string;
  verdicts: Verdict[];
  runs: RunView[];
  varied: string[];
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
  'inconclusive'
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
  const view = data.view;
  if (!isRecord(view) || typeof view.name !== 'string' || !view.name) {
    throw new Error(
      'This output of jupyter_labbook is damaged; run its cell again to draw it.'
    );
  }
  return {
    svg: text(data.svg),
    figures: records(data.figures).map(({ name, uri }) => ({
      name: text(name),
      uri: PICTURE.test(text(uri)) ? text(uri) : ''
    })),
    next: (Array.isArray(data.next) ? data.next : [])
      .map(texts)
      .filter((step): step is Step => step.length === 2),
    view: {
      name: view.name,
      number: numeric(view.number) ?? 0,
      path: text(view.path),
      question: text(view.question),
      hypothesis: text(view.hypothesis),
      why: text(view.why),
      conclusion: text(view.conclusion),
      note: text(view.note),
      verdicts: records(view.verdicts).map(readVerdict),
      runs: records(view.runs).map(readOneRun),
      varied: texts(view.varied)
    }
  };
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

function readVerdict(data: Record<string, unknown>): Verdict {
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
    tail: text(data.tail)
  };
}
