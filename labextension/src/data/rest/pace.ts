/** How long things may take and how often they are asked for, in milliseconds. */
export interface Pace {
  /** A request that has not answered by then counts as slow. */
  request: number;
  /** A stream says hello within this time, or something holds it back. */
  hello: number;
  /** A stream from which nothing came for so long is dead. */
  silence: number;
  /** Between questions where streams do not come through. */
  poll: number;
  /** The same while nobody sees the page. */
  pollHidden: number;
  /** Until a stream is tried again where it did not come through. */
  restream: number;
  /** First and longest pause after a failure. */
  retry: number;
  retryMost: number;
  /** How long a stream outlives its last listener. */
  linger: number;
  /** Between two fetches of the same thing. */
  refetch: number;
}

export const usual: Pace = {
  request: 30_000,
  hello: 5_000,
  silence: 40_000,
  poll: 2_000,
  pollHidden: 30_000,
  restream: 60_000,
  retry: 500,
  retryMost: 15_000,
  linger: 5_000,
  refetch: 320
};

/** The pause before a further try: doubled each time, and never quite the same. */
export function backoff(tries: number, pace: Pace): number {
  const most = Math.min(pace.retryMost, pace.retry * 2 ** Math.min(tries, 20));
  return most * (0.5 + Math.random() / 2);
}
