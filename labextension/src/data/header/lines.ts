/** An experiment's cell as lines, and which of them are its header. */

/** One key with its text, which may go on in lines that are indented deeper. */
export interface Entry {
  key: string;
  /** What stands before the text, colon included. */
  head: string;
  /** What stands between `#|` and the key. */
  indent: string;
  /** The text, line by line. */
  parts: string[];
  /** The lines as they stand. */
  rows: string[];
  /** Place of the first one in the cell. */
  first: number;
}

export interface Cell {
  lines: string[];
  /** What follows `%%experiment`. */
  magic: string;
  /** Place of the line below that. */
  top: number;
  entries: Entry[];
  /** What ends a line before its newline: a carriage return, or nothing. */
  ending: string;
}

const MAGIC = /^%%experiment(?: (.*))?$/;
const ENTRY = /^(#\|(\s*)([^\s:]+)\s*:)(.*)$/;

/** Take a cell apart; null: it is no experiment. */
export function takeApart(source: string): Cell | null {
  const lines = source.split('\n');
  const place = lines.findIndex(line => line.trim());
  const magic = MAGIC.exec((lines[place] ?? '').trimEnd());
  if (!magic) {
    return null;
  }
  const top = place + 1;
  let end = top;
  while (
    end < lines.length &&
    (!lines[end]!.trim() || lines[end]!.startsWith('#|'))
  ) {
    end += 1;
  }
  return {
    lines,
    magic: magic[1] ?? '',
    top,
    entries: entriesOf(lines, top, end),
    ending: lines[place]!.endsWith('\r') ? '\r' : ''
  };
}

function entriesOf(lines: string[], top: number, end: number): Entry[] {
  const entries: Entry[] = [];
  let index = top;
  while (index < end) {
    const first = index;
    const found = ENTRY.exec(bare(lines[index]!));
    index += 1;
    if (!found) {
      continue;
    }
    const [, head, indent, key, text] = found;
    const depth = indentOf(lines[first]!);
    const parts = [text!];
    while (index < end && indentOf(lines[index]!) > depth) {
      parts.push(bare(lines[index]!).slice(2));
      index += 1;
    }
    const rows = lines.slice(first, index);
    entries.push({
      ...{ key: key!, head: head!, indent: indent! },
      ...{ parts, rows, first }
    });
  }
  return entries;
}

function bare(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function indentOf(line: string): number {
  const content = line.slice(2);
  return content.trim() ? content.length - content.trimStart().length : 0;
}
