/** A queue and a digest in memory that answer when a test says so. */

import type {
  Digest,
  DigestSource,
  Result,
  Subject
} from '../src/data/digest.js';
import type {
  Evening,
  Finding,
  Preflight,
  Queue,
  QueueChange,
  QueueEntry,
  QueueSource
} from '../src/data/queue.js';

export const NOW = '2026-11-22T18:00:00+01:00';

export function entry(
  name: string,
  run: string,
  more: Partial<QueueEntry> = {}
): QueueEntry {
  const experiment = `0001-${name}`;
  return {
    place: `experiments/${experiment}/runs/${run}`,
    ...{ experiment, run, name: `${name}/${run}`, state: 'waiting' },
    ...{ when: 'tonight', priority: 0, batch: '', expected: null },
    begins: '2026-11-22T22:00:00+01:00',
    ends: '2026-11-22T23:00:00+01:00',
    reason: 'window',
    sentence: 'It waits for tonight.',
    held: false,
    ...more
  };
}

export function queue(entries: QueueEntry[], more: Partial<Queue> = {}): Queue {
  return {
    ...{ moment: NOW, window: 'tonight', paused: '', entries },
    opens: '2026-11-22T22:00:00+01:00',
    closes: '2026-11-23T07:00:00+01:00',
    ...{ total: entries.length, slots: 1, hoursUsed: 1, hoursThere: 9 },
    ...{ batches: [], problems: [] },
    ...more
  };
}

export function finding(more: Partial<Finding> = {}): Finding {
  return {
    ...{ kind: 'smoke', severity: 'problem', detail: '', runs: ['deep/001'] },
    sentence: 'deep/001 would have crashed.',
    remedy: 'stop deep',
    ...more
  };
}

export function preflight(more: Partial<Preflight> = {}): Preflight {
  return {
    ...{ underway: false, subject: '', step: '', problem: '', time: NOW },
    ...{ unchecked: 0, findings: [] },
    ...more
  };
}

class Held {
  problem = '';
  readonly asked: {
    what: unknown;
    resolve: (value?: unknown) => void;
    reject: (error: Error) => void;
  }[] = [];

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  dispose(): void {}

  /** A new state, whoever made it. */
  show(more: Partial<this>): void {
    Object.assign(this, more);
    this.listeners.forEach(listener => listener());
  }

  protected ask<T>(what: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      const answer = resolve as (value?: unknown) => void;
      this.asked.push({ what, resolve: answer, reject });
    });
  }

  readonly listeners = new Set<() => void>();
}

export class HeldQueue extends Held implements QueueSource {
  queue: Queue | null = null;
  preflight: Preflight | null = null;

  setVisible(): void {}

  change(change: QueueChange): Promise<void> {
    return this.ask(change);
  }

  stop({ name }: QueueEntry): Promise<void> {
    return this.ask(`stop ${name}`);
  }

  check(subject: string): Promise<void> {
    return this.ask(`check ${subject}`);
  }

  mend(verb: string): Promise<string> {
    return this.ask(verb);
  }

  evening(): Promise<Evening> {
    return this.ask('evening');
  }
}

export const subject = (name: string, number = 1): Subject => ({
  ...{ experiment: `000${number}-${name}`, number, name },
  ...{ title: `Is ${name} so?`, exploring: false }
});

export function result(name: string, more: Partial<Result> = {}): Result {
  return {
    subject: subject(name),
    ended: '2026-11-22T04:00:00+01:00',
    ...{ batch: '', hypothesis: '', impact: '', conclusion: '', verdicts: [] },
    ...{ seconds: 60, states: { finished: 1 }, svg: '', values: [] },
    ...more
  };
}

export function digest(more: Partial<Digest> = {}): Digest {
  return {
    headline: 'One result is ready.',
    good: 'Good morning',
    moment: '2026-11-22T08:00:00+01:00',
    since: '2026-11-21T18:00:00+01:00',
    ...{ read: '', unread: true, experiments: 3 },
    ...{ results: [result('forest')], failures: [], delays: [] },
    ...{ repeated: [], searches: [] },
    ...{ absences: [], unconcluded: [], answers: [], bands: [] },
    forecasts: { count: 0, hits: 0, expected: 0, brier: 0 },
    judgement: '',
    streak: { days: 2, longest: 5, today: false, recent: [0, 1, 1] },
    hours: { there: 32400, used: 10800 },
    ...{ problems: [], totals: {} },
    ...more
  };
}

export class HeldDigest extends Held implements DigestSource {
  digest: Digest | null = null;
  refreshed = 0;

  refresh(): void {
    this.refreshed += 1;
  }

  read(): Promise<void> {
    return this.ask('read');
  }
}
