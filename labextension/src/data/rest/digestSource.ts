import type { Digest, DigestSource } from '../digest.js';
import { Listeners } from '../listeners.js';
import { UNCHANGED, type ApiError } from './api.js';
import type { Hub } from './hub.js';
import { fetchDigest, markRead } from './nights.js';
import { Refresher } from './refresher.js';

/** The digest of a labbook, looked for once and then only when it is asked for. */
export class RestDigestSource implements DigestSource {
  digest: Digest | null = null;
  problem = '';

  constructor(
    private readonly _hub: Hub,
    readonly labbook: string
  ) {
    this._fetch = new Refresher(_hub.pace, this._fetchDigest, this._onFailure);
    this._fetch.allow(true);
    this._fetch.ask();
  }

  subscribe(listener: () => void): () => void {
    return this._listeners.add(listener);
  }

  refresh(): void {
    this._fetch.ask();
  }

  async read(): Promise<void> {
    if (this.digest) {
      await markRead(this._hub.api, this.labbook, this.digest);
      this.digest = { ...this.digest, unread: false };
      this._etag = '';
      this._tell();
    }
  }

  dispose(): void {
    this._fetch.dispose();
    this._listeners.clear();
  }

  private _fetchDigest = async (signal: AbortSignal): Promise<boolean> => {
    const { api } = this._hub;
    const answer = await fetchDigest(api, this.labbook, this._etag, signal);
    const troubled = this.problem !== '';
    this.problem = '';
    if (answer !== UNCHANGED) {
      this._etag = answer.etag;
      this.digest = answer.value;
    }
    if (answer !== UNCHANGED || troubled) {
      this._tell();
    }
    return false;
  };

  private _onFailure = (error: ApiError): void => {
    if (error.message !== this.problem) {
      this.problem = error.message;
      this._tell();
    }
  };

  private _tell(): void {
    this._listeners.tell();
  }

  private readonly _fetch: Refresher;
  private readonly _listeners = new Listeners();
  private _etag = '';
}
