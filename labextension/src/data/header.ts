/** The header of an `%%experiment` cell: read, and changed line by line. */

import { readFlags } from './header/flags.js';
import { KEYS, type Key } from './header/keys.js';
import { takeApart, type Cell, type Entry } from './header/lines.js';
import { plain, readWord, readWords, writeWords } from './header/values.js';

export type { Key } from './header/keys.js';

export interface Header {
  /** What the header says of each key; several texts for `predict` alone. */
  texts: Readonly<Record<Key, readonly string[]>>;
  /** Keys that flags on the first line give: those win over the lines below. */
  flags: ReadonlySet<Key>;
  /** A sentence if the first line cannot be read. */
  problem: string;
}

/** Read the header of a cell; null: the cell is no experiment. */
export function readHeader(source: string): Header | null {
  const cell = takeApart(source);
  if (!cell) {
    return null;
  }
  const { given, problem } = readFlags(cell.magic);
  const texts = Object.fromEntries(
    Object.keys(KEYS).map(key => [key, [] as string[]])
  ) as Record<Key, string[]>;
  for (const entry of cell.entries) {
    if (isKey(entry.key)) {
      texts[entry.key].push(textOf(entry.key, entry));
    }
  }
  for (const [key, values] of given) {
    texts[key] = values;
  }
  return { texts, flags: new Set(given.keys()), problem };
}

/**
 * Give a key other texts, one for each of its entries.
 *
 * An empty text takes its entry away; texts beyond the entries that there are
 * become new ones. Every other character of the cell stays as it is, and so
 * does an entry whose text does not change. What flags give is left alone.
 */
export function writeHeader(
  source: string,
  key: Key,
  texts: readonly string[]
): string {
  const cell = takeApart(source);
  if (!cell || readFlags(cell.magic).given.has(key)) {
    return source;
  }
  const entries = cell.entries.filter(entry => entry.key === key);
  const lines = [...cell.lines];
  const wanted = texts.map(oneLine);
  insert(cell, lines, key, wanted.slice(entries.length));
  // From the end: what lies above keeps its place.
  for (const [index, entry] of [...entries.entries()].reverse()) {
    const text = wanted[index] ?? textOf(key, entry);
    if (text !== textOf(key, entry)) {
      const end = entry.first + entry.rows.length;
      const row = text ? [rewritten(key, entry, text)] : [];
      lines.splice(entry.first, end - entry.first, ...row);
    }
  }
  return lines.join('\n');
}

/** What the author of a header should know; nothing where all is well. */
export function adviceOn(header: Header): Map<Key, string> {
  const { question, why, predict } = header.texts;
  const advice = new Map<Key, string>();
  if (!question.some(Boolean) && !why.some(Boolean)) {
    advice.set(
      'question',
      'An experiment needs a question, or, to explore, a reason under Why.'
    );
  }
  if (predict.some(text => text && !/<|>|==|≤|≥/.test(text))) {
    advice.set(
      'predict',
      'A prediction compares, such as: accuracy > 0.95 (80%)'
    );
  }
  return advice;
}

function insert(
  cell: Cell,
  lines: string[],
  key: Key,
  texts: readonly string[]
): void {
  const rows = texts.filter(text => text);
  if (!rows.length) {
    return;
  }
  const order = Object.keys(KEYS);
  const place = order.indexOf(key);
  const above = cell.entries.filter(entry => {
    const its = order.indexOf(entry.key);
    return its !== -1 && its <= place;
  });
  const [last, first] = [above.at(-1), cell.entries[0]];
  const at = last ? last.first + last.rows.length : (first?.first ?? cell.top);
  // Indented like its neighbour, or it would continue or be continued by it.
  const near = /^#\|(\s*)\S/.exec(lines[at] ?? '');
  const indent = last?.indent ?? near?.[1] ?? ' ';
  const made = rows.map(
    text => `#|${indent}${key}: ${written(key, text)}${cell.ending}`
  );
  if (at === lines.length && !lines[at - 1]!.endsWith(cell.ending)) {
    // The last line of a cell ends with nothing.
    made[made.length - 1] = made.at(-1)!.slice(0, -1);
    lines[at - 1] += cell.ending;
  }
  lines.splice(at, 0, ...made);
}

function textOf(key: Key, { parts }: Entry): string {
  switch (KEYS[key]) {
    case 'prose':
      return oneLine(parts.join(' '));
    case 'words':
      return oneLine(readWords(parts).join(', '));
    default:
      return oneLine(readWord(parts.join('\n')));
  }
}

function rewritten(key: Key, entry: Entry, text: string): string {
  const old = entry.parts.join('\n');
  const space = /^[ \t]*/.exec(old)![0] || ' ';
  const ending = entry.rows.at(-1)!.endsWith('\r') ? '\r' : '';
  const comment =
    KEYS[key] !== 'prose' && entry.parts.length === 1
      ? (/\s+#.*$/.exec(old)?.[0] ?? '')
      : '';
  return `${entry.head}${space}${written(key, text, old)}${comment}${ending}`;
}

function written(key: Key, text: string, old = '['): string {
  switch (KEYS[key]) {
    case 'prose':
      return text;
    case 'words':
      return writeWords(text, old);
    default:
      return plain(text);
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function isKey(name: string): name is Key {
  return Object.hasOwn(KEYS, name);
}
