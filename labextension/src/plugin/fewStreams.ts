/** Streams that stay open, counted over all pages of a browser. */

/** A browser has six connections to a server, for all pages: half are for requests. */
const MOST = 3;

/** Where pages cannot count together, each takes one at most. */
const ALONE = 1;

type Release = () => void;

/** What takes one of the streams; it resolves to null while all are taken. */
export function fewStreams(
  // Browsers offer it to secure pages alone: HTTPS, or this machine.
  locks: Pick<LockManager, 'request'> | undefined
): () => Promise<Release | null> {
  let own = 0;
  const alone = (): Release | null => {
    if (own >= ALONE) {
      return null;
    }
    own += 1;
    let held = true;
    return () => {
      own -= held ? 1 : 0;
      held = false;
    };
  };
  return async () => {
    for (let number = 1; locks && number <= MOST; number += 1) {
      try {
        const release = await take(locks, `jupyter-labbook:stream-${number}`);
        if (release) {
          return release;
        }
      } catch {
        // Forbidden here, as in a page that is shown in a sandbox.
        return alone();
      }
    }
    return locks ? null : alone();
  };
}

/** Hold a lock until it is released; a page that is closed releases its own. */
function take(
  locks: Pick<LockManager, 'request'>,
  name: string
): Promise<Release | null> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, lock => {
        if (lock) {
          return new Promise<void>(resolve);
        }
        resolve(null);
        return undefined;
      })
      .catch(reject);
  });
}
