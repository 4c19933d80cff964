import type { Page } from '../data/rest/page.js';

/** A browser's page: seen or hidden, with or without a network. */
export function browserPage(document: Document, window: Window): Page {
  return {
    get hidden() {
      return document.visibilityState === 'hidden';
    },
    onWake: listener => {
      const onVisibility = (): void => {
        if (document.visibilityState === 'visible') {
          listener();
        }
      };
      document.addEventListener('visibilitychange', onVisibility);
      window.addEventListener('online', listener);
      return () => {
        document.removeEventListener('visibilitychange', onVisibility);
        window.removeEventListener('online', listener);
      };
    }
  };
}
