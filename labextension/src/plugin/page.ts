import type { Page } from '../data/rest/page.js';
import { fewStreams } from './fewStreams.js';

/** A browser's page: seen or hidden, with or without a network. */
export function browserPage(document: Document, window: Window): Page {
  const onTurn = (
    state: DocumentVisibilityState,
    listener: () => void
  ): (() => void) => {
    const turned = (): void => {
      if (document.visibilityState === state) {
        listener();
      }
    };
    document.addEventListener('visibilitychange', turned);
    return () => document.removeEventListener('visibilitychange', turned);
  };
  return {
    get hidden() {
      return document.visibilityState === 'hidden';
    },
    onWake: listener => {
      const leave = onTurn('visible', listener);
      window.addEventListener('online', listener);
      return () => {
        leave();
        window.removeEventListener('online', listener);
      };
    },
    onHide: listener => onTurn('hidden', listener),
    takeStream: fewStreams(window.navigator.locks)
  };
}
