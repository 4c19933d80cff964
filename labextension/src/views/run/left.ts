import type { Words } from '../../data/words.js';
import { duration } from '../text.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An estimate of the time left, no more exact than it can be; empty for none. */
export function leftWords(seconds: number | null, trans: Words): string {
  if (seconds === null) {
    return '';
  }
  if (seconds < MINUTE) {
    return trans.__('less than a minute left');
  }
  if (seconds < HOUR) {
    return trans.__('about %1 min left', Math.ceil(seconds / MINUTE));
  }
  if (seconds < DAY) {
    const minutes = 5 * Math.ceil(seconds / MINUTE / 5);
    const rest = String(minutes % 60).padStart(2, '0');
    return trans.__('about %1 h %2 min left', Math.floor(minutes / 60), rest);
  }
  return trans.__('about %1 left', duration(seconds));
}
