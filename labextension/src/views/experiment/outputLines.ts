import type { OutputPart } from '../../data/experiment.js';
import { Terminal, type TerminalLine } from '../ansi.js';

/** Ended lines beyond this many are forgotten at the start while more come. */
const KEPT = 10_000;

interface Piece {
  part: OutputPart;
  /** How many lines end in it. */
  lines: number;
}

/**
 * A stretch of a run's output, as lines.
 *
 * Lines are counted from `first`, which grows as the oldest are forgotten;
 * `generation` changes when lines are counted anew.
 */
export class OutputLines {
  generation = 0;
  first = 0;

  /** Offset of the first byte that is here. */
  get start(): number {
    return this._pieces[0]?.part.start ?? 0;
  }

  /** Offset behind the last byte that is here. */
  get end(): number {
    return this._pieces.at(-1)?.part.end ?? 0;
  }

  /** Behind the last line. */
  get last(): number {
    return this.first + this._lines.length + (this._open ? 1 : 0);
  }

  at(index: number): TerminalLine {
    return this._lines[index - this.first] ?? this._open!;
  }

  clear(): void {
    this.generation += 1;
    this.first = 0;
    this._lines = [];
    this._open = null;
    this._pieces = [];
    this._terminal = new Terminal();
  }

  /** Add what follows; nothing is done twice if it has been here before. */
  append(part: OutputPart): void {
    if (this._pieces.length && part.start !== this.end) {
      return;
    }
    const ended = this._terminal.write(part.text);
    for (const line of ended) {
      this._lines.push(line);
    }
    this._open = this._terminal.open;
    this._pieces.push({ part, lines: ended.length });
    this._forget();
  }

  /** Add what comes before; all lines are read again, since one may be cut. */
  prepend(part: OutputPart): void {
    const parts = this._pieces.map(piece => piece.part);
    this.clear();
    for (const each of [part, ...parts]) {
      this.append(each);
    }
  }

  private _forget(): void {
    while (
      this._pieces.length > 1 &&
      this._lines.length - this._pieces[0]!.lines >= KEPT
    ) {
      const { lines } = this._pieces.shift()!;
      this._lines.splice(0, lines);
      this.first += lines;
    }
  }

  private _lines: TerminalLine[] = [];
  private _open: TerminalLine | null = null;
  private _pieces: Piece[] = [];
  private _terminal = new Terminal();
}
