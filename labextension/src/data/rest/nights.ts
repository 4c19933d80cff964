/** Routes of the nights: what is asked, and how the answers are read. */

import type { Digest, Score, Subject } from '../digest.js';
import {
  count,
  counts,
  isRecord,
  numeric,
  record,
  records,
  text,
  texts
} from '../json.js';
import type {
  Evening,
  Finding,
  Preflight,
  Queue,
  QueueChange,
  QueueEntry,
  Severity
} from '../queue.js';
import { readOutcome, readVerdict } from '../run.js';
import type { Api, Conditional } from './api.js';

/** Entries that are drawn; the rest is counted. */
const SHOWN = 200;

export function fetchQueue(
  api: Api,
  labbook: string,
  known: string,
  signal: AbortSignal
): Conditional<Queue> {
  const query = { labbook, limit: SHOWN };
  return api.conditional('queue', query, known, readQueue, signal);
}

export async function changeQueue(
  api: Api,
  labbook: string,
  change: QueueChange
): Promise<Queue> {
  const query = { labbook, limit: SHOWN };
  return readQueue(await api.post('queue', query, change));
}

export function fetchPreflight(
  api: Api,
  labbook: string,
  known: string,
  signal: AbortSignal
): Conditional<Preflight> {
  return api.conditional(
    'preflight',
    { labbook },
    known,
    readPreflight,
    signal
  );
}

export async function beginPreflight(
  api: Api,
  labbook: string,
  subject: string
): Promise<Preflight> {
  return readPreflight(await api.post('preflight', { labbook }, { subject }));
}

export async function mend(
  api: Api,
  labbook: string,
  verb: string
): Promise<{ told: string; preflight: Preflight }> {
  const data = record(await api.post('preflight/mend', { labbook }, { verb }));
  return { told: text(data.told), preflight: readPreflight(data.preflight) };
}

export async function fetchEvening(
  api: Api,
  labbook: string,
  signal?: AbortSignal
): Promise<Evening> {
  const data = record(await api.get('evening', { labbook }, signal));
  return {
    headline: text(data.headline),
    suggestions: records(data.suggestions).map(of => ({
      sentence: text(of.sentence),
      verb: text(of.verb),
      where: text(of.where)
    }))
  };
}

export function fetchDigest(
  api: Api,
  labbook: string,
  known: string,
  signal: AbortSignal
): Conditional<Digest> {
  return api.conditional('digest', { labbook }, known, readDigest, signal);
}

export async function markRead(
  api: Api,
  labbook: string,
  { since, moment }: Digest
): Promise<void> {
  await api.post('digest/read', { labbook }, { since, moment });
}

export function readQueue(data: unknown): Queue {
  const of = record(data);
  const entries = records(of.entries)
    .map(readEntry)
    .filter(entry => entry.place);
  return {
    moment: text(of.moment),
    window: text(of.window),
    opens: text(of.opens),
    closes: text(of.closes),
    paused: text(of.paused),
    entries,
    total: Math.max(count(of.total), entries.length),
    slots: count(of.slots),
    hoursUsed: numeric(of.hours_used) ?? 0,
    hoursThere: numeric(of.hours_there) ?? 0,
    batches: texts(of.batches),
    problems: texts(of.problems)
  };
}

function readEntry(of: Record<string, unknown>): QueueEntry {
  const { low, middle, high } = record(of.expected);
  return {
    place: text(of.place),
    experiment: text(of.experiment),
    run: text(of.run),
    name: text(of.name),
    state: text(of.state) || 'unknown',
    when: text(of.when),
    priority: numeric(of.priority) ?? 0,
    batch: text(of.batch),
    expected: isRecord(of.expected)
      ? {
          low: numeric(low) ?? 0,
          middle: numeric(middle) ?? 0,
          high: numeric(high) ?? 0
        }
      : null,
    begins: text(of.begins),
    ends: text(of.ends),
    reason: text(of.reason),
    sentence: text(of.sentence),
    held: of.held === true
  };
}

const SEVERITIES: readonly string[] = ['problem', 'warning', 'note'];

export function readPreflight(data: unknown): Preflight {
  const of = record(data);
  return {
    underway: of.underway === true,
    subject: text(of.subject),
    step: text(of.step),
    problem: text(of.problem),
    time: text(of.time),
    unchecked: count(of.unchecked),
    findings: records(of.findings).map(readFinding)
  };
}

export function readFinding(of: Record<string, unknown>): Finding {
  const severity = text(of.severity);
  return {
    kind: text(of.kind),
    severity: (SEVERITIES.includes(severity) ? severity : 'note') as Severity,
    sentence: text(of.sentence),
    runs: texts(of.runs),
    remedy: text(record(of.remedy).verb),
    detail: text(of.detail)
  };
}

export function readDigest(data: unknown): Digest {
  const of = record(data);
  const calibration = record(of.calibration);
  const streak = record(of.streak);
  const hours = record(of.hours);
  return {
    headline: text(of.headline),
    good: text(of.good),
    moment: text(of.moment),
    since: text(of.since),
    read: text(of.read),
    unread: of.unread === true,
    experiments: count(of.experiments),
    results: records(of.results).map(each => ({
      subject: readSubject(each.subject),
      ended: text(each.ended),
      batch: text(each.batch),
      hypothesis: text(each.hypothesis),
      impact: text(each.impact),
      conclusion: text(each.conclusion),
      verdicts: records(each.verdicts).map(readVerdict),
      seconds: numeric(each.seconds),
      states: counts(each.states),
      svg: text(each.svg),
      values: pairs(each.values)
    })),
    repeated: records(of.repeated).map(each => ({
      experiment: text(each.experiment),
      why: text(each.why),
      changes: pairs(each.changes),
      pairs: texts(each.pairs),
      more: text(each.more),
      verb: text(each.verb)
    })),
    searches: texts(of.searches),
    failures: records(of.failures).map(each => ({
      subject: readSubject(each.subject),
      state: text(each.state),
      runs: texts(each.runs),
      reason: text(each.reason),
      ended: text(each.ended),
      tail: lines(each.tail),
      followed: texts(each.followed)
    })),
    delays: records(of.delays).map(each => ({
      subject: readSubject(each.subject),
      runs: texts(each.runs),
      when: text(each.when),
      sentence: text(each.sentence)
    })),
    absences: records(of.absences).map(({ begin, end }) => ({
      begin: text(begin),
      end: text(end)
    })),
    unconcluded: records(of.unconcluded).map(each => ({
      subject: readSubject(each.subject),
      ended: text(each.ended),
      outcomes: texts(each.outcomes).map(readOutcome),
      conclusion: ''
    })),
    answers: records(of.answers).map(each => ({
      subject: readSubject(each.subject),
      text: text(record(each.item).text),
      outcomes: texts(each.outcomes).map(readOutcome)
    })),
    forecasts: readScore(calibration.every),
    bands: records(calibration.bands).map(({ score }) => readScore(score)),
    judgement: text(of.judgement),
    streak: {
      days: count(streak.days),
      longest: count(streak.longest),
      today: streak.today === true,
      recent: (Array.isArray(streak.recent) ? streak.recent : []).map(count)
    },
    hours: {
      there: numeric(hours.there) ?? 0,
      used: numeric(hours.used) ?? 0
    },
    problems: texts(of.problems),
    totals: counts(of.totals)
  };
}

function readSubject(data: unknown): Subject {
  const of = record(data);
  const name = text(of.name);
  return {
    experiment: text(of.experiment),
    number: count(of.number),
    name,
    title: text(of.question) || text(of.why) || name,
    exploring: text(of.question) === ''
  };
}

function readScore(data: unknown): Score {
  const of = record(data);
  return {
    count: count(of.count),
    hits: count(of.hits),
    expected: numeric(of.expected) ?? 0,
    brier: numeric(of.brier) ?? 0
  };
}

/** Lines of an output, empty ones too. */
function lines(data: unknown): string[] {
  return (Array.isArray(data) ? data : []).map(text);
}

function pairs(data: unknown): [string, string][] {
  return (Array.isArray(data) ? data : [])
    .map(texts)
    .filter((pair): pair is [string, string] => pair.length === 2);
}
