import { expect, it } from 'vitest';
import { english } from '../src/data/words.js';
import { leftWords } from '../src/views/run/left.js';

it.each([
  [null, ''],
  [0, 'less than a minute left'],
  [59, 'less than a minute left'],
  [60, 'about 1 min left'],
  [61, 'about 2 min left'],
  [3600, 'about 1 h 00 min left'],
  [3661, 'about 1 h 05 min left'],
  [200_000, 'about 55 h 33 min left']
])('of %j seconds is said no more exactly than is known', (seconds, said) => {
  expect(leftWords(seconds, english)).toBe(said);
});
