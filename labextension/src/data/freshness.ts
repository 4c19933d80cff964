/** How well a view knows what the files say now. */

export type Contact =
  /** Changes are told as they happen. */
  | 'live'
  /** Changes are asked for every few seconds. */
  | 'polling'
  /** The server or the disk does not answer: what is shown is from `since`. */
  | 'stale'
  /** The session has ended: somebody has to log in again. */
  | 'unauthorized'
  /** What was shown is gone: deleted, moved, or on a disk that vanished. */
  | 'gone';

export interface Freshness {
  contact: Contact;
  /** When it was last known to be right; null before the first answer. */
  since: Date | null;
  /** One sentence for a person; empty while all is well. */
  sentence: string;
}
