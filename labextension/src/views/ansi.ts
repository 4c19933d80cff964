/** What a terminal would show of a program's output, as lines of text. */

import { visible } from './text.js';

/** Text of one look: class names without their prefix, such as `bold fg-red`. */
export interface Span {
  readonly text: string;
  readonly look: string;
}

export interface TerminalLine {
  readonly spans: readonly Span[];
  /** How many characters were left out at its end. */
  readonly cut: number;
}

/** A line shows this many characters; nobody reads more of one. */
export const LONGEST_LINE = 10_000;

/** An escape sequence that is longer is none: its text is shown. */
const LONGEST_SEQUENCE = 4_096;

/* Each alternative starts with another character, or fails where it stops: the
   time is linear in the text, whatever it holds. */
const TOKEN =
  /([^\x1b\r\n]+)|(\n)|(\r)|\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b\r\n]*(?:\x07|\x1b\\)|\x1b/gy;

const NAMES = [
  ...['black', 'red', 'green', 'yellow'],
  ...['blue', 'magenta', 'cyan', 'white']
];

interface Look {
  bold: boolean;
  faint: boolean;
  italic: boolean;
  underline: boolean;
  inverse: boolean;
  fg: string;
  bg: string;
}

const PLAIN: Look = {
  bold: false,
  faint: false,
  italic: false,
  underline: false,
  inverse: false,
  fg: '',
  bg: ''
};

/**
 * Turns output into lines, portion by portion.
 *
 * Colours and weights are kept as looks, and a carriage return starts the line
 * anew. Other escape sequences have no effect and are left out; every other
 * character that cannot be seen is spelled out.
 */
export class Terminal {
  /** Take more output; returns the lines that it has ended. */
  write(text: string): TerminalLine[] {
    const all = this._held + text;
    const end = unfinished(all);
    this._held = all.slice(end);
    const ended: TerminalLine[] = [];
    for (const found of all.slice(0, end).matchAll(TOKEN)) {
      const [token, plain, newline, back, parameters, final] = found;
      if (plain !== undefined) {
        this._add(plain);
      } else if (newline !== undefined) {
        ended.push(this._end());
      } else if (back !== undefined) {
        this._returned = true;
      } else if (final === 'm') {
        this._restyle(parameters!);
      } else if (token === '\x1b') {
        this._add(token);
      }
    }
    return ended;
  }

  /** The line that has not ended; null while there is nothing in it. */
  get open(): TerminalLine | null {
    return this._spans.length || this._cut
      ? { spans: [...this._spans], cut: this._cut }
      : null;
  }

  private _end(): TerminalLine {
    const line = { spans: this._spans, cut: this._cut };
    this._clear();
    return line;
  }

  private _clear(): void {
    this._spans = [];
    this._size = 0;
    this._cut = 0;
    this._returned = false;
  }

  private _add(text: string): void {
    if (this._returned) {
      this._clear();
    }
    const room = Math.max(0, LONGEST_LINE - this._size);
    const half = /[\ud800-\udbff]/.test(text.charAt(room - 1)) ? 1 : 0;
    const shown = text.length > room ? text.slice(0, room - half) : text;
    this._size += shown.length;
    this._cut += text.length - shown.length;
    if (this._cut) {
      this._size = LONGEST_LINE;
    }
    if (!shown) {
      return;
    }
    const last = this._spans.at(-1);
    if (last?.look === this._name) {
      const joined = { text: last.text + visible(shown), look: last.look };
      this._spans[this._spans.length - 1] = joined;
    } else {
      this._spans.push({ text: visible(shown), look: this._name });
    }
  }

  private _restyle(parameters: string): void {
    this._look = restyled(this._look, parameters);
    this._name = named(this._look);
  }

  private _held = '';
  private _returned = false;
  private _spans: Span[] = [];
  private _size = 0;
  private _cut = 0;
  private _look = PLAIN;
  private _name = '';
}

/** Where an escape sequence begins that has not ended yet; else the length. */
function unfinished(text: string): number {
  const end = text.length;
  let start = text.lastIndexOf('\x1b');
  if (start === -1 || end - start > LONGEST_SEQUENCE) {
    return end;
  }
  if (start === end - 1) {
    // It may be the first half of what ends a title or a link.
    const before = text.lastIndexOf('\x1b', start - 1);
    const body = before === -1 ? '' : text.slice(before, start);
    if (start > 0 && end - before <= LONGEST_SEQUENCE && isTitle(body)) {
      start = before;
    }
    return start;
  }
  const rest = text.slice(start);
  return /^\x1b\[[0-?]*[ -/]*$/.test(rest) || isTitle(rest) ? start : end;
}

function isTitle(text: string): boolean {
  return /^\x1b\][^\x07\x1b\r\n]*$/.test(text);
}

function restyled(look: Look, parameters: string): Look {
  if (/[^\d;:]/.test(parameters)) {
    return look;
  }
  const codes = parameters.split(';').flatMap(subparameters);
  let next = { ...look };
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at]!;
    if (code === 38 || code === 48) {
      const wide = codes[at + 1] === 2;
      const colour = wide
        ? nearest(codes[at + 2]!, codes[at + 3]!, codes[at + 4]!)
        : indexed(codes[at + 2]!);
      next = { ...next, [code === 38 ? 'fg' : 'bg']: colour };
      at += wide ? 4 : 2;
    } else {
      next = code === 0 ? { ...PLAIN } : { ...next, ...effect(code) };
    }
  }
  return next;
}

/** Parts of a parameter that belong together, as `38:2::255:0:0` has them. */
function subparameters(text: string): number[] {
  const parts = text.split(':').map(Number);
  const colour = parts[0] === 38 || parts[0] === 48;
  if (colour && parts[1] === 2 && parts.length > 5) {
    parts.splice(2, 1);
  }
  return colour ? parts : parts.slice(0, 1);
}

function effect(code: number): Partial<Look> {
  switch (code) {
    case 1:
      return { bold: true };
    case 2:
      return { faint: true };
    case 3:
      return { italic: true };
    case 4:
      return { underline: true };
    case 7:
      return { inverse: true };
    case 22:
      return { bold: false, faint: false };
    case 23:
      return { italic: false };
    case 24:
      return { underline: false };
    case 27:
      return { inverse: false };
    case 39:
      return { fg: '' };
    case 49:
      return { bg: '' };
  }
  const colour = NAMES[code % 10] ?? '';
  const tens = Math.floor(code / 10);
  if (tens === 3 || tens === 9) {
    return colour ? { fg: colour } : {};
  }
  return colour && (tens === 4 || tens === 10) ? { bg: colour } : {};
}

/** One of 256 colours, by the nearest that themes have. */
function indexed(index: number): string {
  if (index < 16) {
    return NAMES[index % 8] ?? '';
  }
  if (index >= 232) {
    return index < 244 ? 'black' : 'white';
  }
  const place = index - 16;
  return nearest(
    Math.floor(place / 36) * 51,
    (Math.floor(place / 6) % 6) * 51,
    (place % 6) * 51
  );
}

function nearest(red: number, green: number, blue: number): string {
  const [high, low] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  if (!(high - low >= 40)) {
    return high + low > 255 ? 'white' : 'black';
  }
  const part = high - low;
  const hue =
    high === red
      ? ((green - blue) / part + 6) % 6
      : high === green
        ? (blue - red) / part + 2
        : (red - green) / part + 4;
  const around = ['red', 'yellow', 'green', 'cyan', 'blue', 'magenta'];
  return around[Math.round(hue) % 6]!;
}

function named(look: Look): string {
  const [fg, bg] = look.inverse
    ? [look.bg || 'back', look.fg || 'text']
    : [look.fg, look.bg];
  const weights = ['bold', 'faint', 'italic', 'underline'] as const;
  return [
    ...weights.filter(weight => look[weight]),
    fg && !bg && `fg-${fg}`,
    bg && `bg-${bg}`
  ]
    .filter(word => word)
    .join(' ');
}
