/// <reference types="node" />
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { vi } from 'vitest';
import { queryOf } from '../../src/data/rest/api.js';
import type { Request } from '../../src/data/rest/api.js';
import type { Pace } from '../../src/data/rest/pace.js';

/** No patience between tries, and all of it with an answer that is to come. */
export const fast: Pace = {
  request: 60_000,
  hello: 60_000,
  silence: 60_000,
  poll: 20,
  pollHidden: 60,
  restream: 300,
  retry: 5,
  retryMost: 150,
  linger: 50,
  refetch: 2
};

/** Wait for what is to come, however busy the machine is. */
export function until(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 25_000, interval: 3 });
}

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

type Json = Record<string, unknown>;

interface Told {
  event: string;
  data: unknown;
}

export interface Asked {
  method: string;
  route: string;
  query: URLSearchParams;
  body: Json;
  status: number;
  authorization: string;
}

type Handler = (asked: Asked) => [status: number, body: unknown] | 'hang';

/** A labbook's server in memory, on a real port, that can misbehave. */
export class LabbookServer {
  readonly asked: Asked[] = [];
  readonly streams = new Set<http.ServerResponse>();
  /** Routes that answer otherwise than usual, by `METHOD route`. */
  readonly routes = new Map<string, Handler>();
  overview: Json = { counts: {}, groups: {}, totals: {} };
  experiments = new Map<
    string,
    { view: Json; next: unknown[]; etag: string }
  >();
  series: Handler = () => [200, { cursor: 's1', lines: [], runs: [] }];
  plan: Json = {
    version: 'p1',
    path: 'labbook/plan.md',
    problem: '',
    lists: []
  };
  /** Each request is refused with this status. */
  refuse = 0;
  /** Nothing of a stream comes through, as behind a proxy that collects it. */
  collected = false;
  /** How what is sent on a stream is cut. */
  cut: (bytes: Buffer) => Buffer[] = bytes => [bytes];
  counts: Record<string, number> = { running: 1 };

  get request(): Request {
    return async (path, { query, ...init }) => {
      const asked = fetch(`${this.root}${path}${queryOf(query ?? {})}`, init);
      if (path === 'stream') {
        return asked;
      }
      this._begun += 1;
      this._pending += 1;
      try {
        const response = await asked;
        const body = await response.arrayBuffer();
        return new Response(response.status === 304 ? null : body, response);
      } finally {
        this._pending -= 1;
      }
    };
  }

  /**
   * Wait until every request has been answered and none is about to be made.
   *
   * Who asks lives in the same process, and pauses for less than a turn takes: what
   * it is going to ask for is begun within a few turns, however late they come.
   */
  async quiet(): Promise<void> {
    let begun = -1;
    for (let turns = 0; turns < 5; turns += 1) {
      await new Promise(resolve => setTimeout(resolve, fast.retry));
      if (this._pending || begun !== this._begun) {
        begun = this._begun;
        turns = 0;
      }
    }
  }

  get root(): string {
    return `http://127.0.0.1:${this._port}/jupyter-labbook/api/`;
  }

  /** Listen, on the same port as before if there was one. */
  async start(): Promise<this> {
    this._server = http.createServer((request, response) => {
      void this._answer(request, response);
    });
    this._server.on('connection', socket => {
      this._sockets.add(socket);
      socket.on('close', () => this._sockets.delete(socket));
    });
    await new Promise<void>(resolve =>
      this._server!.listen(this._port, '127.0.0.1', resolve)
    );
    this._port = (this._server.address() as AddressInfo).port;
    return this;
  }

  /** Die, as a server that is killed. */
  async stop(): Promise<void> {
    const closed = new Promise(resolve => this._server?.close(resolve));
    for (const socket of this._sockets) {
      socket.destroy();
    }
    await closed;
    this.streams.clear();
  }

  /** Forget every cursor, as a server that was started anew. */
  forget(): void {
    this._epoch += 1;
    this._log = [];
  }

  tell(event: string, data: unknown): void {
    this._log.push({ event, data });
    for (const stream of this.streams) {
      this._send(stream, event, data);
    }
  }

  change(experiment: string, ...parts: string[]): void {
    this.tell('change', { experiments: { [experiment]: parts } });
  }

  show(experiment: string, view: Json, next: unknown[] = []): void {
    const etag = `"${experiment}-${++this._tags}"`;
    this.experiments.set(experiment, {
      view: { name: experiment, number: 7, ...view },
      next,
      etag
    });
  }

  /** What was asked of a route. */
  of(route: string): Asked[] {
    return this.asked.filter(each => each.route === route);
  }

  raw(text: string | Buffer): void {
    for (const stream of this.streams) {
      stream.write(text);
    }
  }

  private async _answer(
    request: http.IncomingMessage,
    response: http.ServerResponse
  ): Promise<void> {
    const url = new URL(request.url ?? '', 'http://localhost');
    const parts: Buffer[] = [];
    for await (const part of request) {
      parts.push(part as Buffer);
    }
    const said = Buffer.concat(parts).toString();
    const asked: Asked = {
      method: request.method ?? '',
      route: decodeURIComponent(url.pathname).replace(
        '/jupyter-labbook/api/',
        ''
      ),
      query: url.searchParams,
      body: said ? (JSON.parse(said) as Json) : {},
      status: 0,
      authorization: request.headers.authorization ?? ''
    };
    this.asked.push(asked);
    if (
      asked.route === 'stream' &&
      !this.refuse &&
      !this.routes.has('GET stream')
    ) {
      this._stream(asked, response);
      return;
    }
    const known = request.headers['if-none-match'] ?? '';
    const [status, body, etag] = this._respond(asked, known);
    asked.status = status;
    if (status < 0) {
      return;
    }
    if (Buffer.isBuffer(body)) {
      response.writeHead(status, {
        'Content-Type': 'text/csv',
        'X-Labbook-Size': '900',
        'X-Labbook-End': '12'
      });
      response.end(body);
      return;
    }
    const text = typeof body === 'string';
    response.writeHead(status, {
      'Content-Type': text ? 'text/html' : 'application/json',
      ...(etag && { ETag: etag })
    });
    response.end(
      status === 304 ? undefined : text ? body : JSON.stringify(body)
    );
  }

  private _respond(asked: Asked, known: string): [number, unknown, string?] {
    if (this.refuse) {
      return [this.refuse, { message: 'Forbidden', reason: null }];
    }
    const special = this.routes.get(`${asked.method} ${asked.route}`);
    const answer = special?.(asked);
    if (answer) {
      return answer === 'hang' ? [-1, ''] : answer;
    }
    const [room, experiment, verb] = asked.route.split('/');
    if (room === 'series') {
      return [200, { series: this._together(asked) }];
    }
    if (room === 'experiments' && verb === 'series') {
      const series = this.series(asked);
      return series === 'hang' ? [-1, ''] : series;
    }
    if (room === 'experiments' && experiment && !verb) {
      const of = this.experiments.get(experiment);
      return of
        ? tagged({ version: 1, view: of.view, next: of.next }, of.etag, known)
        : [404, { message: 'That experiment is gone.', reason: 'gone' }];
    }
    if (room === 'overview') {
      const tag = `"${JSON.stringify(this.overview).length}-${asked.query.get('text') ?? ''}"`;
      return tagged(this.overview, tag, known);
    }
    if (room === 'plan') {
      return tagged(this.plan, `"${this.plan.version as string}"`, known);
    }
    if (room === 'changes') {
      const { reset, from } = this._from(asked.query.get('since') ?? '');
      const changes = this._log.slice(from);
      const { counts, _cursor: cursor } = this;
      return [200, { cursor, reset, counts, changes }];
    }
    return [404, 'Not here'];
  }

  private _together({ query, ...asked }: Asked): unknown[] {
    const [points, since] = [query.getAll('points'), query.getAll('since')];
    return query.getAll('experiment').map((experiment, at) => {
      const one = { experiment, points: points[at]!, since: since[at]! };
      const answer = this.series({ ...asked, query: new URLSearchParams(one) });
      const [status, body] = answer === 'hang' ? [200, null] : answer;
      return status === 200 ? body : { ...(body as Json), status };
    });
  }

  private _stream(asked: Asked, response: http.ServerResponse): void {
    asked.status = 200;
    response.on('close', () => this.streams.delete(response));
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    if (this.collected) {
      return;
    }
    this.streams.add(response);
    const { reset, from } = this._from(asked.query.get('since') ?? '');
    const { counts, _cursor: cursor } = this;
    this._send(response, 'hello', { cursor, reset, counts });
    for (const { event, data } of this._log.slice(from)) {
      this._send(response, event, data);
    }
  }

  private _send(
    stream: http.ServerResponse,
    event: string,
    data: unknown
  ): void {
    const said = `id: ${this._cursor}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const piece of this.cut(Buffer.from(said))) {
      stream.write(piece);
    }
  }

  private _from(since: string): { reset: boolean; from: number } {
    const [epoch, place] = since.split('.');
    const fits = epoch === String(this._epoch);
    return { reset: !fits, from: fits ? Number(place) : this._log.length };
  }

  private get _cursor(): string {
    return `${this._epoch}.${this._log.length}`;
  }

  private _begun = 0;
  private _pending = 0;
  private _server: http.Server | null = null;
  private _port = 0;
  private _epoch = 1;
  private _tags = 0;
  private _log: Told[] = [];
  private readonly _sockets = new Set<Socket>();
}

function tagged(
  body: unknown,
  etag: string,
  known: string
): [number, unknown, string] {
  return known === etag ? [304, '', etag] : [200, body, etag];
}
