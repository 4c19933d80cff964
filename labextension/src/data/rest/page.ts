/** What requests need to know of the page that they are made for. */
export interface Page {
  /** Whether nobody can see it. */
  readonly hidden: boolean;

  /** Called when it is seen again, or when the network is back. */
  onWake(listener: () => void): () => void;

  /** Called when nobody can see it any more. */
  onHide(listener: () => void): () => void;

  /**
   * Take one of the few connections that may stay open; null if none is left.
   *
   * What it resolves to gives the connection back.
   */
  takeStream(): Promise<(() => void) | null>;
}

/** A page that is always seen, and alone. */
export const shownPage: Page = {
  hidden: false,
  onWake: () => () => undefined,
  onHide: () => () => undefined,
  takeStream: () => Promise.resolve(() => undefined)
};
