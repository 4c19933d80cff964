import type {
  Aspect,
  ExperimentSource,
  OutputPart
} from '../src/data/experiment.js';
import type { Freshness } from '../src/data/freshness.js';
import type { Line } from '../src/data/lines.js';
import {
  readView,
  type ExperimentView,
  type RunView,
  type Step
} from '../src/data/run.js';
import type { RunHost } from '../src/views/host.js';

const PORTION = 65_536;

interface Wish {
  verb: 'stop' | 'rerun' | 'conclude';
  runs?: string[] | undefined;
  text?: string;
  was?: string;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** An experiment in memory, which changes and answers when a test says so. */
export class HeldExperiment implements ExperimentSource {
  view: ExperimentView | null = null;
  next: Step[] = [];
  lines: Line[] = [];
  freshness: Freshness = { contact: 'live', since: null, sentence: '' };
  controllable = true;
  visible = false;
  points = 0;
  disposed = false;
  /** Offsets that were asked for. */
  readonly reads: (number | undefined)[] = [];
  readonly wishes: Wish[] = [];
  /** Why the output cannot be read. */
  refusal = '';

  get listeners(): number {
    return this._listeners.size;
  }

  subscribe(listener: (changed: ReadonlySet<Aspect>) => void): () => void {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
  }

  setPoints(points: number): void {
    this.points = points;
  }

  range(): Promise<Line[]> {
    return Promise.resolve([]);
  }

  /** Like the server: at most 64 KiB, cut where characters end. */
  output(run: string, from?: number): Promise<OutputPart> {
    this.reads.push(from);
    if (this.refusal) {
      return Promise.reject(new Error(this.refusal));
    }
    const bytes = this._outputs.get(run) ?? new Uint8Array();
    const size = bytes.length;
    const border = (at: number): number => {
      while (at < size && (bytes[at]! & 0xc0) === 0x80) {
        at += 1;
      }
      return at;
    };
    const start = border(from ?? Math.max(0, size - PORTION));
    const end = border(Math.min(size, start + PORTION));
    const text = new TextDecoder().decode(bytes.subarray(start, end));
    return Promise.resolve({ start, end: Math.max(start, end), size, text });
  }

  figure(run: string, path: string): string {
    return this.pictures.get(path) ?? `figures/${run}/${path}`;
  }

  /** Addresses of pictures that there really are. */
  readonly pictures = new Map<string, string>();

  metricsFile(run: string): string {
    return `${run}/metrics.csv`;
  }

  stop(runs?: string[]): Promise<void> {
    return this._wish({ verb: 'stop', runs });
  }

  rerun(runs?: string[]): Promise<void> {
    return this._wish({ verb: 'rerun', runs });
  }

  conclude(text: string, was: string): Promise<void> {
    return this._wish({ verb: 'conclude', text, was });
  }

  dispose(): void {
    this.disposed = true;
  }

  /** Show another state of the files. */
  show(view: object, ...also: Aspect[]): void {
    this.view = readView({ ...this.view, ...view });
    this.tell('view', ...also);
  }

  tell(...aspects: Aspect[]): void {
    const changed = new Set(aspects);
    this._listeners.forEach(listener => listener(changed));
  }

  /** The run writes more. */
  write(run: string, text: string): void {
    const more = new TextEncoder().encode(text);
    const before = this._outputs.get(run) ?? new Uint8Array();
    const all = new Uint8Array(before.length + more.length);
    all.set(before);
    all.set(more, before.length);
    this._outputs.set(run, all);
    this.tell('output');
  }

  truncate(run: string): void {
    this._outputs.delete(run);
  }

  trouble(freshness: Partial<Freshness>): void {
    this.freshness = { ...this.freshness, ...freshness };
    this.tell('freshness');
  }

  private _wish(wish: Omit<Wish, 'resolve' | 'reject'>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.wishes.push({ ...wish, resolve, reject });
    });
  }

  private _outputs = new Map<string, Uint8Array>();
  private _listeners = new Set<(changed: ReadonlySet<Aspect>) => void>();
}

export function aRun(label: string, more: object = {}): Partial<RunView> {
  return {
    id: `u${label}`,
    label,
    state: 'running',
    parameters: { trees: 100, kind: 'forest' },
    seed: 0,
    final: {},
    progress: null,
    seconds: 60,
    reason: '',
    tail: '',
    figures: [],
    taint: '',
    ...more
  };
}

export function anExperiment(more: object = {}): object {
  return {
    name: 'wider-forest',
    number: 7,
    path: '/home/me/labbook/experiments/0007-wider-forest',
    question: 'Does a wider forest still help?',
    hypothesis: 'Hardly.',
    runs: [aRun('001')],
    varied: [],
    ...more
  };
}

/** A host that remembers in memory and answers questions with `answer`. */
export function aHost(words: RunHost['words']): RunHost & {
  readonly kept: Map<string, string>;
  readonly asked: string[];
  readonly said: string[];
  answer: boolean;
} {
  const kept = new Map<string, string>();
  const asked: string[] = [];
  const said: string[] = [];
  return {
    words,
    kept,
    asked,
    said,
    answer: true,
    store: {
      get: key => kept.get(key) ?? null,
      set: (key, value) => {
        if (value === null) {
          kept.delete(key);
        } else {
          kept.set(key, value);
        }
      }
    },
    ask(question) {
      asked.push(question);
      return Promise.resolve(this.answer);
    },
    say: sentence => said.push(sentence)
  };
}
