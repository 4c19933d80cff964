/** Following what changes in one labbook, whatever happens to the connection. */

import type { Contact, Freshness } from '../freshness.js';
import { record, text } from '../json.js';
import type { Api } from './api.js';
import { ApiError, pauseAfter } from './call.js';
import { readEvents } from './events.js';
import { backoff, type Pace } from './pace.js';
import type { Page } from './page.js';
import { readNews, type News } from './reading.js';

/** Why a stream was ended that nobody sees. */
const HIDDEN = Symbol('hidden');

/** After so many streams that did not last, changes are asked for. */
const TRIES = 2;

export interface Follower {
  /** An event of the server: `change`, `ended`. */
  event(name: string, data: unknown): void;
  counts(counts: Record<string, number>): void;
  /** Something may have been missed: everything is to be looked at again. */
  reset(): void;
  /** `freshness` has another contact or sentence. */
  contact(): void;
}

/**
 * The changes of one labbook: streamed, or asked for where streams are held back,
 * where too many are open already, and while nobody sees the page.
 *
 * It goes on where it was after every interruption, until `stop`.
 */
export class Following {
  constructor(
    private readonly _api: Api,
    private readonly _labbook: string,
    private readonly _page: Page,
    private readonly _pace: Pace,
    private readonly _follower: Follower
  ) {
    this._leave = [_page.onWake(this._onWake), _page.onHide(this._onHide)];
    void this._run();
  }

  /** `since`: when the server was last heard. */
  get freshness(): Freshness {
    return { ...this._state, since: this._heard };
  }

  stop(): void {
    this._leave.forEach(leave => leave());
    this._stopped.abort();
    this._attempt?.abort();
    this._endWait?.();
  }

  private async _run(): Promise<void> {
    while (!this._stopped.signal.aborted) {
      await this._wait(await this._turn());
    }
  }

  /** One stream or one question; how long to wait before the next. */
  private async _turn(): Promise<number> {
    let error: ApiError | null = null;
    const release = await this._takeStream();
    if (release) {
      error = await this._stream().finally(release);
      if (!error && this._silent < TRIES) {
        return this._page.hidden ? 0 : backoff(0, this._pace);
      }
    }
    if (!release || this._polling || this._silent >= TRIES) {
      error = await this._poll();
      if (!error) {
        return this._page.hidden ? this._pace.pollHidden : this._pace.poll;
      }
    }
    if (!error || this._stopped.signal.aborted) {
      return 0;
    }
    this._say(...trouble(error));
    return pauseAfter(error, this._tries++, this._pace);
  }

  /**
   * What gives a stream back that may be opened now; null if none may.
   *
   * Whoever looks at a page sees changes at once. Pages that nobody sees leave the
   * browser's few connections to the others.
   */
  private async _takeStream(): Promise<(() => void) | null> {
    const heldBack = this._polling && Date.now() < this._streamAgain;
    if (heldBack || this._page.hidden) {
      return null;
    }
    const release = await this._page.takeStream();
    if (release && (this._page.hidden || this._stopped.signal.aborted)) {
      release();
      return null;
    }
    return release;
  }

  /** Read a stream to its end; why it said nothing, or null if it did. */
  private async _stream(): Promise<ApiError | null> {
    const attempt = new AbortController();
    this._attempt = attempt;
    let failed: ApiError | null = null;
    let hello = 0;
    let late = false;
    let guard: ReturnType<typeof setTimeout>;
    const watch = (patience: number): void => {
      clearTimeout(guard);
      guard = setTimeout(() => {
        late = true;
        attempt.abort();
      }, patience);
    };
    try {
      watch(this._pace.hello);
      const response = await this._api.stream(
        this._labbook,
        this._cursor,
        attempt.signal
      );
      const heard = (): void => {
        if (hello) {
          watch(this._pace.silence);
          this._note();
        }
      };
      for await (const event of readEvents(response.body!, heard)) {
        if (!hello) {
          hello = Date.now();
          this._streaming();
          heard();
        }
        this._cursor = event.id || this._cursor;
        this._takeText(event.name, event.data);
      }
    } catch (error) {
      // A stream that spoke may end in any way: it is opened again.
      if (!hello && !late && error instanceof ApiError) {
        failed = error;
      }
    } finally {
      clearTimeout(guard!);
      attempt.abort();
      this._attempt = null;
    }
    if (attempt.signal.reason === HIDDEN) {
      return null;
    }
    // What is cut as soon as it begins is held back as well.
    const lasted = hello && Date.now() - hello >= this._pace.hello;
    // What says nothing at all is not worth a second wait.
    this._silent = lasted ? 0 : late && !hello ? TRIES : this._silent + 1;
    return hello ? null : (failed ?? this._unanswered());
  }

  private async _poll(): Promise<ApiError | null> {
    try {
      const changes = await this._api.changes(
        this._labbook,
        this._cursor,
        this._stopped.signal
      );
      if (this._silent >= TRIES && Date.now() >= this._streamAgain) {
        this._streamAgain = Date.now() + this._pace.restream;
      }
      this._polling = true;
      this._tries = 0;
      this._note();
      if (!this._troubled) {
        this._say('polling', '');
      }
      this._begin(changes);
      for (const { name, data } of changes.events) {
        this._take(name, data);
      }
      return null;
    } catch (error) {
      this._polling = false;
      this._silent = 0;
      return error instanceof ApiError ? error : this._unanswered();
    }
  }

  private _streaming(): void {
    this._tries = 0;
    this._polling = false;
    this._troubled = false;
    this._note();
    this._say('live', '');
  }

  private _takeText(name: string, said: string): void {
    let data: unknown;
    try {
      data = JSON.parse(said);
    } catch {
      this._follower.reset();
      return;
    }
    this._take(name, data);
  }

  private _take(name: string, data: unknown): void {
    if (name === 'hello') {
      this._begin(readNews(data));
    } else if (name === 'trouble') {
      this._troubled = true;
      const { message, reason } = record(data);
      const said =
        text(message) ||
        this._api.words.__('The folder of the labbook does not answer.');
      this._say(...trouble({ reason: text(reason), message: said }));
    } else if (name === 'recovered') {
      this._troubled = false;
      this._note();
      this._say(this._polling ? 'polling' : 'live', '');
      this._follower.reset();
    } else {
      this._follower.event(name, data);
    }
  }

  private _begin({ cursor, reset, counts }: News): void {
    const first = !this._cursor;
    this._cursor = cursor || this._cursor;
    this._follower.counts(counts);
    if (first || reset) {
      this._follower.reset();
    }
  }

  /** What is shown was right until now. */
  private _note(): void {
    if (!this._troubled) {
      this._heard = new Date();
    }
  }

  private _say(contact: Contact, sentence: string): void {
    const { contact: old, sentence: said } = this._state;
    if (contact !== old || sentence !== said) {
      this._state = { contact, sentence };
      this._follower.contact();
    }
  }

  private _unanswered(): ApiError {
    return new ApiError(
      this._api.words.__('The Jupyter server takes too long to answer.'),
      'slow'
    );
  }

  private _wait(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      if (this._stopped.signal.aborted) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, milliseconds);
      this._endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Timers stood still while the machine slept, and streams broke unheard. */
  private _onWake = (): void => {
    this._tries = 0;
    this._endWait?.();
    const quiet = Date.now() - (this._heard?.getTime() ?? 0);
    if (this._state.contact === 'live' && quiet > this._pace.silence / 2) {
      this._attempt?.abort();
    }
  };

  private _onHide = (): void => {
    this._attempt?.abort(HIDDEN);
  };

  private _state: Omit<Freshness, 'since'> = {
    contact: 'polling',
    sentence: ''
  };
  private _heard: Date | null = null;
  private _cursor = '';
  private _polling = false;
  private _streamAgain = 0;
  private _troubled = false;
  /** Streams in a row that did not last. */
  private _silent = 0;
  /** Failures in a row, of whatever kind. */
  private _tries = 0;
  private _attempt: AbortController | null = null;
  private _endWait: (() => void) | null = null;
  private readonly _stopped = new AbortController();
  private readonly _leave: readonly (() => void)[];
}

/** What an error means for what is shown. */
export function trouble({
  reason,
  message
}: {
  reason: string;
  message: string;
}): [Contact, string] {
  switch (reason) {
    case 'unauthorized':
      return ['unauthorized', message];
    case 'gone':
    case 'not-found':
    case 'no-labbook':
    case 'outside':
      return ['gone', message];
    default:
      return ['stale', message];
  }
}
