/** The first line of an experiment's cell: its name and its flags. */

import { KEYS, SWITCHES, type Key } from './keys.js';
import { readWord, readWords } from './values.js';

export interface Flags {
  given: Map<Key, string[]>;
  /** A sentence if the line cannot be read. */
  problem: string;
}

export function readFlags(line: string): Flags {
  const given = new Map<Key, string[]>();
  const words = shellWords(line);
  if (!words) {
    return { given, problem: 'A quote on the first line is not closed.' };
  }
  const waiting = words.values();
  for (const word of waiting) {
    if (!word.startsWith('-') || word === '-') {
      given.set('name', [word]);
      continue;
    }
    const [, name, equals, rest] = /^-+([^=]*)(=?)([^]*)$/.exec(word)!;
    if (word === '-h' || SWITCHES.has(name!)) {
      continue;
    }
    const known = Object.hasOwn(KEYS, name!);
    const bare = known && KEYS[name as Key] === 'switch';
    const text = equals ? rest! : bare ? 'true' : (waiting.next().value ?? '');
    if (known) {
      const key = name as Key;
      const before = key === 'predict' ? (given.get(key) ?? []) : [];
      given.set(key, [...before, read(key, text)]);
    }
  }
  return { given, problem: '' };
}

function read(key: Key, text: string): string {
  switch (KEYS[key]) {
    case 'prose':
      return text.trim();
    case 'words':
      return readWords([text]).join(', ');
    default:
      return readWord(text);
  }
}

/** Words as a POSIX shell parts them; null where a quote is not closed. */
function shellWords(line: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let index = 0; index < line.length; index++) {
    const char = line[index]!;
    const next = line[index + 1];
    if (quote) {
      if (char === quote) {
        quote = '';
      } else if (
        quote === '"' &&
        char === '\\' &&
        (next === '"' || next === '\\')
      ) {
        word += next;
        index += 1;
      } else {
        word += char;
      }
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === '\\') {
      if (next === undefined) {
        return null;
      }
      word = (word ?? '') + next;
      index += 1;
    } else if (/[ \t\r\n]/.test(char)) {
      if (word !== null) {
        words.push(word);
      }
      word = null;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote) {
    return null;
  }
  return word === null ? words : [...words, word];
}
