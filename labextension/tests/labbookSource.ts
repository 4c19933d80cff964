import type { Freshness } from '../src/data/freshness.js';
import type {
  Ended,
  ExperimentRow,
  Found,
  Group,
  LabbookSource,
  Overview
} from '../src/data/labbook.js';

export function row(
  number: number,
  name: string,
  more: Partial<ExperimentRow> = {}
): ExperimentRow {
  return {
    experiment: `${String(number).padStart(4, '0')}-${name}`,
    number,
    name,
    question: `What about ${name}?`,
    why: '',
    hypothesis: '',
    conclusion: '',
    tags: [],
    verdicts: [],
    states: { finished: 1 },
    tainted: 0,
    created: '2026-03-01T08:00:00Z',
    ended: '2026-03-01T09:00:00Z',
    progress: null,
    reason: '',
    notebook: 'digits.ipynb',
    cell: 'c1',
    ...more
  };
}

export function overview(
  groups: Partial<Record<Group, ExperimentRow[]>>,
  more: Partial<Overview> = {}
): Overview {
  const all = {
    ...{ running: [], waiting: [], today: [], unconcluded: [], failed: [] },
    ...groups
  };
  const totals = Object.fromEntries(
    Object.entries(all).map(([name, rows]) => [name, rows.length])
  ) as Record<Group, number>;
  return {
    ...{ labbook: 'labbook', counts: {}, groups: all, totals },
    ...{ tags: [], problems: [] },
    ...more
  };
}

interface Asked {
  what: string;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** A labbook in memory that answers when a test says so. */
export class HeldLabbook implements LabbookSource {
  labbook = 'labbook';
  overview: Overview | null = null;
  freshness: Freshness = { contact: 'live', since: new Date(), sentence: '' };
  readonly filters: [text: string, tag: string][] = [];
  readonly searches: [text: string, cursor: string | undefined][] = [];
  readonly asked: Asked[] = [];
  readonly answers: {
    resolve: (found: Found) => void;
    reject: (error: Error) => void;
  }[] = [];

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onEnded(): () => void {
    return () => undefined;
  }

  onLooked(): () => void {
    return () => undefined;
  }

  filter(text: string, tag: string): void {
    this.filters.push([text, tag]);
  }

  search(text: string, cursor?: string): Promise<Found> {
    this.searches.push([text, cursor]);
    return new Promise((resolve, reject) => {
      this.answers.push({ resolve, reject });
    });
  }

  setVisible(): void {}

  stop(experiment: string): Promise<void> {
    return this._ask(`stop ${experiment}`);
  }

  rerun(experiment: string): Promise<void> {
    return this._ask(`rerun ${experiment}`);
  }

  conclude(experiment: string, text: string, was: string): Promise<void> {
    return this._ask(`conclude ${experiment}: ${text} (${was})`);
  }

  dispose(): void {}

  /** A new state, whoever made it. */
  show(state: Overview | null, more: Partial<HeldLabbook> = {}): void {
    Object.assign(this, more);
    this.overview = state;
    this.listeners.forEach(listener => listener());
  }

  private _ask(what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.asked.push({ what, resolve, reject });
    });
  }

  readonly listeners = new Set<() => void>();
}

export function ended(more: Partial<Ended> = {}): Ended {
  return {
    ...{ experiment: '0001-forest', name: 'forest', run: '001' },
    ...{ state: 'finished', reason: '', verdicts: [], last: false },
    ...more
  };
}
