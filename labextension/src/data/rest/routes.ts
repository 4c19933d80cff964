/** Asking routes of the server, whatever they are about. */

import {
  ApiError,
  Caller,
  UNCHANGED,
  type CallInit,
  type CallOptions,
  type Query,
  type Request
} from './call.js';

/** An answer with the tag by which the server knows it again. */
export interface Tagged<T> {
  value: T;
  etag: string;
}

/** A value, or that it is still the one with the tag that was given. */
export type Conditional<T> = Promise<Tagged<T> | typeof UNCHANGED>;

/** What all routes have in common. */
export class Routes {
  readonly words;

  constructor(request: Request, options: Partial<CallOptions>) {
    this.caller = new Caller(request, options);
    this.words = this.caller.words;
  }

  /** What a route answers. */
  async get(
    path: string,
    query: Query,
    signal?: AbortSignal
  ): Promise<unknown> {
    return this._data(path, { query, ...(signal && { signal }) });
  }

  /** Ask a route to do something. */
  post(
    path: string,
    query: Query,
    body: object,
    signal?: AbortSignal
  ): Promise<unknown> {
    return this._data(path, {
      method: 'POST',
      query,
      body,
      ...(signal && { signal })
    });
  }

  private async _data(path: string, init: CallInit): Promise<unknown> {
    const answer = await this.caller.json(path, init);
    return answer === UNCHANGED ? undefined : answer.data;
  }

  /** What a route answers, unless that is known by its tag. */
  async conditional<T>(
    path: string,
    query: Query,
    known: string,
    read: (data: unknown) => T,
    signal?: AbortSignal
  ): Conditional<T> {
    const answer = await this.caller.json(path, {
      query,
      known,
      ...(signal && { signal })
    });
    return answer === UNCHANGED
      ? answer
      : { value: read(answer.data), etag: answer.etag };
  }

  protected sound<T>(read: (data: unknown) => T, data: unknown): T {
    try {
      return read(data);
    } catch {
      throw this.strange();
    }
  }

  protected strange(): ApiError {
    return new ApiError(
      this.words.__(
        'The answer of the Jupyter server is not understood; reload the page, in case the package was updated.'
      ),
      'damaged'
    );
  }

  protected readonly caller: Caller;
}

/** `?…`, or nothing; a list gives its name several times. */
export function queryOf(query: Query): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) {
        pairs.append(name, String(each));
      }
    }
  }
  const said = pairs.toString();
  return said && `?${said}`;
}

/** What is not empty. */
export function given(query: Query): Query {
  return Object.fromEntries(
    Object.entries(query).filter(([, of]) => of !== '')
  );
}
