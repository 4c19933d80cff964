import type { Contact, Freshness } from '../freshness.js';
import type {
  Ended,
  Found,
  LabbookSource,
  Looked,
  Overview
} from '../labbook.js';
import { Listeners } from '../listeners.js';
import { ApiError, UNCHANGED } from './api.js';
import type { Hub, Seat } from './hub.js';
import { Refresher } from './refresher.js';
import { trouble } from './stream.js';

/** Ends that are known again when they are told again. */
const REMEMBERED = 1000;

/** The labbook near what a person works on. */
export class RestLabbookSource implements LabbookSource {
  labbook = '';
  overview: Overview | null = null;

  constructor(private readonly _hub: Hub) {
    this._fetch = new Refresher(
      _hub.pace,
      this._fetchOverview,
      this._onFailure
    );
    this._find = new Refresher(_hub.pace, this._findLabbook, this._note);
    // The status bar counts what runs while nobody looks at the panel.
    this._fetch.allow(true);
    this._find.allow(true);
    // The first experiment makes the labbook, and its own view finds it.
    this._deaf = _hub.onOpen(() => this.labbook || this._find.ask());
  }

  get freshness(): Freshness {
    const shared = this._seat?.freshness;
    const connected =
      !shared || shared.contact === 'live' || shared.contact === 'polling';
    const [contact, sentence] =
      connected && this._trouble
        ? this._trouble
        : [shared?.contact ?? 'polling', shared?.sentence ?? ''];
    const since = this._fetch.owed ? this._confirmed : (shared?.since ?? null);
    return {
      contact,
      since: this._confirmed && (since ?? this._confirmed),
      sentence
    };
  }

  /**
   * Show the labbook beside a notebook or folder, or above it.
   *
   * @param path - below the server's root, without the prefix of a drive.
   */
  near(path: string): void {
    if (path !== this._near) {
      this._near = path;
      this._find.ask();
    }
  }

  subscribe(listener: () => void): () => void {
    return this._listeners.add(listener);
  }

  onEnded(listener: (ended: Ended) => void): () => void {
    return this._endListeners.add(listener);
  }

  onLooked(listener: (looked: Looked) => void): () => void {
    return this._lookedListeners.add(listener);
  }

  filter(text: string, tag: string): void {
    if (text !== this._filter.text || tag !== this._filter.tag) {
      this._filter = { text, tag };
      this._etag = '';
      this._fetch.ask();
    }
  }

  search(text: string, cursor = ''): Promise<Found> {
    return this.labbook
      ? this._hub.api.experiments(this.labbook, { text, cursor })
      : Promise.resolve({ rows: [], total: 0, cursor: '' });
  }

  setVisible(visible: boolean): void {
    this._visible = visible;
    if (visible && !this.labbook) {
      this._find.ask();
    }
    this._fetch.allow(visible || !this.overview);
  }

  async stop(experiment: string, runs?: string[]): Promise<void> {
    await this._hub.api.stop(this._place(experiment), runs ?? null);
    this._fetch.ask();
  }

  async rerun(experiment: string, runs?: string[]): Promise<void> {
    await this._hub.api.rerun(this._place(experiment), runs ?? null);
    this._fetch.ask();
  }

  async conclude(experiment: string, text: string, was: string): Promise<void> {
    try {
      await this._hub.api.conclude(this._place(experiment), text, was);
    } finally {
      this._fetch.ask();
    }
  }

  dispose(): void {
    clearTimeout(this._retry);
    this._deaf();
    this._find.dispose();
    this._fetch.dispose();
    this._seat?.leave();
    this._listeners.clear();
    this._endListeners.clear();
    this._lookedListeners.clear();
  }

  private _findLabbook = async (signal: AbortSignal): Promise<boolean> => {
    const near = this._near;
    if (near === undefined) {
      return false;
    }
    let found = '';
    try {
      found = await this._hub.api.labbook(near, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || trouble(error)[0] !== 'gone') {
        throw error;
      }
    }
    if (near !== this._near) {
      return true;
    }
    clearTimeout(this._retry);
    if (!found) {
      // It may be made elsewhere, and a lost one may come back: nobody tells.
      const { poll, pollHidden } = this._hub.pace;
      const pause = this._visible ? poll : pollHidden;
      this._retry = setTimeout(() => this._find.ask(), pause);
    }
    if (!found && this._lost(near)) {
      return false;
    }
    // Also that there is none is news, at first and after trouble.
    const news = this._confirmed === null || this._trouble !== null;
    this._trouble = null;
    this._confirmed = new Date();
    this._show(found);
    if (news) {
      this._tell();
    }
    return false;
  };

  /** Whether it is the labbook shown that is missed, rather than never there. */
  private _lost(near: string): boolean {
    const folder = this.labbook.split('/').slice(0, -1);
    const here = near.split('/');
    return (
      this.labbook !== '' && folder.every((name, depth) => name === here[depth])
    );
  }

  private _show(labbook: string): void {
    if (labbook === this.labbook && this._seat) {
      return;
    }
    const changed = labbook !== this.labbook || this.overview !== null;
    this._seat?.leave();
    this._seat = null;
    this.labbook = labbook;
    this.overview = null;
    this._etag = '';
    if (labbook) {
      this._seat = this._hub.join(labbook, {
        change: ({ overview }) => overview && this._fetch.ask(),
        reset: () => this._fetch.ask(),
        counts: counts => this._count(counts),
        ended: ended => this._onEnd(ended),
        looked: looked => this._lookedListeners.tell(looked),
        freshness: () => {
          if (this._seat?.freshness.contact === 'gone') {
            this._find.ask();
          }
          this._tell();
        }
      });
      this._fetch.allow(true);
      this._fetch.ask();
    }
    if (changed) {
      this._tell();
    }
  }

  private _fetchOverview = async (signal: AbortSignal): Promise<boolean> => {
    const { labbook, _filter: filter } = this;
    if (!labbook) {
      return false;
    }
    const { api } = this._hub;
    const answer = await api.overview(labbook, filter, this._etag, signal);
    if (labbook !== this.labbook || filter !== this._filter) {
      return true;
    }
    const troubled = this._trouble !== null;
    this._trouble = null;
    this._confirmed = new Date();
    if (answer !== UNCHANGED) {
      this._etag = answer.etag;
      this.overview = answer.value;
    }
    this._fetch.allow(this._visible);
    if (answer !== UNCHANGED || troubled) {
      this._tell();
    }
    return false;
  };

  private _count(counts: Record<string, number>): void {
    if (this.overview && !same(counts, this.overview.counts)) {
      this.overview = { ...this.overview, counts };
      this._tell();
    }
  }

  private _onEnd(ended: Ended): void {
    const key = [this.labbook, ended.experiment, ended.run].join('\n');
    if (this._ended.has(key)) {
      return;
    }
    this._ended.add(key);
    if (this._ended.size > REMEMBERED) {
      this._ended.delete(this._ended.values().next().value!);
    }
    this._endListeners.tell(ended);
  }

  private _onFailure = (error: ApiError): void => {
    this._note(error);
    if (trouble(error)[0] === 'gone') {
      // Deleted or moved: there may be another one.
      this._find.ask();
    }
  };

  private _note = (error: ApiError): void => {
    const [contact, sentence] = trouble(error);
    if (this._trouble?.[0] !== contact || this._trouble[1] !== sentence) {
      this._trouble = [contact, sentence];
      this._tell();
    }
  };

  private _tell = (): void => {
    this._listeners.tell();
  };

  private _place(experiment: string): { labbook: string; experiment: string } {
    return { labbook: this.labbook, experiment };
  }

  private readonly _fetch: Refresher;
  private readonly _find: Refresher;
  private readonly _deaf: () => void;
  private readonly _listeners = new Listeners();
  private readonly _endListeners = new Listeners<Ended>();
  private readonly _lookedListeners = new Listeners<Looked>();
  private readonly _ended = new Set<string>();
  private _seat: Seat | null = null;
  private _near: string | undefined;
  private _filter = { text: '', tag: '' };
  private _visible = false;
  private _etag = '';
  private _confirmed: Date | null = null;
  private _trouble: [Contact, string] | null = null;
  private _retry: ReturnType<typeof setTimeout> | undefined;
}

function same(
  one: Record<string, number>,
  other: Record<string, number>
): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every(name => one[name] === other[name])
  );
}
