/** Words and lists of words in YAML, as far as a header's author writes them. */

const COMMENT = /(?:^|\s+)#.*$/;
/** Words that YAML takes for texts, also inside of a list. */
const SIMPLE = /^[\p{L}_][\p{L}\p{M}\p{N}_./+-]*$/u;
const SPECIAL = /^(?:true|false|null|~|yes|no|on|off)$/i;
/** Texts that YAML reads back as they stand, such as `22:00-07:00`. */
const PLAIN = /^[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_./+: -]*[\p{L}\p{N}_])?$/u;
const NUMBER = /^[-+.\d][\d_.eE+-]*$/;

/** One text, without its quotes or a comment behind it. */
export function readWord(raw: string): string {
  const text = raw.trim();
  const quoted = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*(?:#.*)?$/.exec(text);
  if (!quoted) {
    return text.replace(COMMENT, '').trim();
  }
  const inside = quoted[1]!.slice(1, -1);
  return quoted[1]!.startsWith("'")
    ? inside.replaceAll("''", "'")
    : inside.replace(/\\(["\\/])/g, '$1');
}

/** Words of a list in brackets, of a list in lines, or of a text. */
export function readWords(parts: readonly string[]): string[] {
  const lines = parts.map(part => part.replace(COMMENT, '').trim());
  const text = lines.join(' ').trim();
  const filled = lines.filter(line => line);
  let words: string[];
  if (text.startsWith('[') && text.endsWith(']')) {
    const items = text.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^,]+/g);
    words = (items ?? []).map(readWord);
  } else if (filled.length && filled.every(line => /^-\s/.test(line))) {
    words = filled.map(line => readWord(line.slice(1)));
  } else {
    words = readWord(text).split(/[,\s]+/);
  }
  return [...new Set(words.filter(word => word.trim()))];
}

/** Words that a person has typed, in the form of the list that was there. */
export function writeWords(text: string, old: string): string {
  const parts = text.includes(',') ? text.split(',') : text.split(/\s+/);
  const words = [...new Set(parts.map(part => part.trim()))].filter(Boolean);
  const simple = words.every(word => SIMPLE.test(word) && !SPECIAL.test(word));
  if (simple && /^\s*[^\s[\-"']/.test(old)) {
    return words.join(', ');
  }
  return `[${words.map(inList).join(', ')}]`;
}

/** A text as YAML reads it back. */
export function plain(text: string): string {
  const safe =
    PLAIN.test(text) &&
    !/:\s/.test(text) &&
    !SPECIAL.test(text) &&
    !NUMBER.test(text);
  return safe ? text : quoted(text);
}

function inList(word: string): string {
  return SIMPLE.test(word) && !SPECIAL.test(word) ? word : quoted(word);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
