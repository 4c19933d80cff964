/** What a view is given by the program that shows it. */

import type { Words } from '../data/words.js';

/** What a view remembers on this computer; it may be lost at any time. */
export interface Store {
  get(key: string): string | null;
  /** null forgets the key. */
  set(key: string, value: string | null): void;
}

export interface RunHost {
  readonly words: Words;
  readonly store: Store;
  /** Ask before something that cannot be taken back. */
  ask(question: string, confirmLabel: string): Promise<boolean>;
  /** Tell a person something that has no place in the view. */
  say(sentence: string): void;
  openFile?(path: string): void;
}
