/** One request to the labbook's server, with whatever can become of it. */

import { isRecord, text } from '../json.js';
import { english, type Words } from '../words.js';
import { backoff, usual, type Pace } from './pace.js';

export type Query = Record<
  string,
  string | number | boolean | readonly string[] | undefined
>;

/**
 * Makes one request to a route below `{base_url}jupyter-labbook/api/`.
 *
 * It rejects only when no answer came.
 */
export type Request = (
  path: string,
  init: RequestInit & { query?: Query }
) => Promise<Response>;

export type Reason =
  /** Words of the server. */
  | 'not-found'
  | 'no-labbook'
  | 'gone'
  | 'invalid'
  | 'conflict'
  | 'outside'
  | 'unreadable'
  | 'slow'
  | 'unauthorized'
  /** No answer came. */
  | 'network'
  /** Something answered that is not the server extension. */
  | 'absent'
  /** The answer cannot be read. */
  | 'damaged'
  /** The server failed without a word. */
  | 'failed';

/** Why a request has no result; the message is one sentence for a person. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    message: string,
    readonly reason: Reason,
    /** HTTP status; 0 if there was no answer. */
    readonly status = 0,
    /** What else the answer said. */
    readonly body: Record<string, unknown> = {}
  ) {
    super(message);
  }
}

/** The server has what is known already. */
export const UNCHANGED = Symbol('unchanged');

export interface CallInit {
  method?: 'GET' | 'POST';
  query?: Query;
  /** Sent as JSON. */
  body?: unknown;
  /** ETag of what is known. */
  known?: string;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export interface CallOptions {
  words: Words;
  /** When a request that has not answered is given up, in milliseconds. */
  patience: number;
}

const REASONS: readonly string[] = [
  'not-found',
  'no-labbook',
  'gone',
  'invalid',
  'conflict',
  'outside',
  'unreadable',
  'slow',
  'unauthorized'
] satisfies Reason[];

export class Caller {
  readonly words: Words;

  constructor(
    private readonly _request: Request,
    { words = english, patience = usual.request }: Partial<CallOptions> = {}
  ) {
    this.words = words;
    this._patience = patience;
  }

  /**
   * The answer's JSON, or `UNCHANGED`.
   *
   * @throws ApiError, or the signal's reason if that ended it.
   */
  json(
    path: string,
    init: CallInit = {}
  ): Promise<{ data: unknown; etag: string } | typeof UNCHANGED> {
    return this.send(path, init, async response => {
      if (response.status === 304) {
        return UNCHANGED;
      }
      return {
        data: await this._parsed(response),
        etag: response.headers.get('ETag') ?? ''
      };
    });
  }

  /** Let `read` take what it needs of an answer, all in bounded time. */
  async send<T>(
    path: string,
    init: CallInit,
    read: (response: Response) => Promise<T>
  ): Promise<T> {
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      stop();
    }, this._patience);
    init.signal?.addEventListener('abort', stop, { once: true });
    try {
      init.signal?.throwIfAborted();
      return await read(await this.open(path, init, controller.signal));
    } catch (error) {
      init.signal?.throwIfAborted();
      throw error instanceof ApiError ? error : this._lost(late);
    } finally {
      clearTimeout(timer);
      init.signal?.removeEventListener('abort', stop);
    }
  }

  /** An answer whose body is still to be read; it may never end. */
  async open(
    path: string,
    { method = 'GET', query, body, known, headers }: CallInit,
    signal: AbortSignal
  ): Promise<Response> {
    let response: Response;
    try {
      response = await this._request(path, {
        method,
        ...(query && { query }),
        ...(body !== undefined && { body: JSON.stringify(body) }),
        headers: {
          ...headers,
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...(known && { 'If-None-Match': known })
        },
        signal
      });
    } catch {
      signal.throwIfAborted();
      throw this._lost(false);
    }
    if (response.status === 304) {
      return response;
    }
    if (!response.ok) {
      throw await this._refused(response);
    }
    if (response.headers.get('Content-Type')?.startsWith('text/html')) {
      // Every route has another type: this is the page to log in, or a proxy's.
      await response.body?.cancel();
      throw this._unauthorized(response.status);
    }
    return response;
  }

  private async _parsed(response: Response): Promise<unknown> {
    const said = await response.text();
    try {
      return JSON.parse(said) as unknown;
    } catch {
      throw new ApiError(
        this.words.__(
          'The answer of the Jupyter server cannot be read; reload the page, and restart the server if that does not help.'
        ),
        'damaged',
        response.status
      );
    }
  }

  private async _refused(response: Response): Promise<ApiError> {
    const said = await response.text().catch(() => '');
    return this.refusal(response.status, parsedRecord(said));
  }

  /** Why there is no result, by the answer's status and JSON. */
  refusal(status: number, body: Record<string, unknown>): ApiError {
    const reason = text(body.reason);
    const sentence = text(body.message);
    if (REASONS.includes(reason)) {
      return new ApiError(
        sentence || this.words.__('The Jupyter server refused the request.'),
        reason as Reason,
        status,
        body
      );
    }
    if (status === 401 || status === 403) {
      return this._unauthorized(status);
    }
    if (status === 404 || status === 405) {
      return new ApiError(
        this.words.__(
          'The server extension of jupyter_labbook is not enabled on this Jupyter server; install the package beside the server, then restart it.'
        ),
        'absent',
        status
      );
    }
    if (status === 503 || status === 504 || status === 429) {
      return new ApiError(
        this.words.__('The Jupyter server is busy or is starting.'),
        'slow',
        status
      );
    }
    if (status === 502) {
      return this._lost(false, status);
    }
    return new ApiError(
      this.words.__(
        'The Jupyter server failed at the request (%1); its log says why.',
        status
      ),
      'failed',
      status
    );
  }

  private _unauthorized(status: number): ApiError {
    return new ApiError(
      this.words.__(
        'The session has ended or lacks the right to do this; log in again, for example by reloading the page.'
      ),
      'unauthorized',
      status
    );
  }

  private _lost(late: boolean, status = 0): ApiError {
    return late
      ? new ApiError(
          this.words.__('The Jupyter server takes too long to answer.'),
          'slow',
          status
        )
      : new ApiError(
          this.words.__('The Jupyter server cannot be reached.'),
          'network',
          status
        );
  }

  private readonly _patience: number;
}

/** Until a request is tried again: long where there is nothing to be asked. */
export function pauseAfter(error: ApiError, tries: number, pace: Pace): number {
  const often = error.reason === 'absent' ? 20 : 1;
  return backoff(tries, pace) * often;
}

function parsedRecord(said: string): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(said);
    return isRecord(data) ? data : {};
  } catch {
    return {};
  }
}
