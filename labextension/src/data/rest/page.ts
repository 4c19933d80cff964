/** What requests need to know of the page that they are made for. */
export interface Page {
  /** Whether nobody can see it. */
  readonly hidden: boolean;

  /** Called when it is seen again, or when the network is back. */
  onWake(listener: () => void): () => void;
}

/** A page that is always seen. */
export const shownPage: Page = {
  hidden: false,
  onWake: () => () => undefined
};
