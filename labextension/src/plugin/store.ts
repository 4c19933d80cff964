import type { Store } from '../views/host.js';

const PREFIX = 'jupyter-labbook:';

/** What the browser keeps; where it keeps nothing, the page does while it lasts. */
export function browserStore(storage: () => Storage): Store {
  const here = new Map<string, string>();
  return {
    get: key => {
      try {
        return storage().getItem(PREFIX + key) ?? here.get(key) ?? null;
      } catch {
        return here.get(key) ?? null;
      }
    },
    set: (key, value) => {
      here.delete(key);
      try {
        if (value === null) {
          storage().removeItem(PREFIX + key);
        } else {
          storage().setItem(PREFIX + key, value);
        }
      } catch {
        // Full or forbidden.
        if (value !== null) {
          here.set(key, value);
        }
      }
    }
  };
}
