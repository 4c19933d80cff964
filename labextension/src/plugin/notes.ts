import type { Api } from '../data/rest/api.js';
import type { Store } from '../views/host.js';

/** Tell each note once in a session of the browser. */
export async function tellNotes(
  api: Pick<Api, 'notes'>,
  store: Store,
  tell: (note: string) => void
): Promise<void> {
  let notes: string[];
  try {
    notes = await api.notes();
  } catch {
    // The panel says why the server does not answer.
    return;
  }
  for (const note of notes) {
    const key = `told: ${note}`;
    if (store.get(key) === null) {
      store.set(key, 'yes');
      tell(note);
    }
  }
}
