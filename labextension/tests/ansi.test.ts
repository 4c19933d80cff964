import { describe, expect, it } from 'vitest';
import {
  LONGEST_LINE,
  Terminal,
  type TerminalLine
} from '../src/views/ansi.js';

function lines(...parts: string[]): TerminalLine[] {
  const terminal = new Terminal();
  const ended = parts.flatMap(part => terminal.write(part));
  return terminal.open ? [...ended, terminal.open] : ended;
}

function plain(...parts: string[]): string[] {
  return lines(...parts).map(line =>
    line.spans.map(span => span.text).join('')
  );
}

const looks = (text: string): string[] =>
  lines(text)[0]!.spans.map(span => `${span.text}:${span.look}`);

describe('output of a program', () => {
  it('is cut into lines, the last of which may be open', () => {
    expect(plain('a\n\nb')).toEqual(['a', '', 'b']);
    expect(plain('a\r\nb\r\n')).toEqual(['a', 'b']);
    expect(plain('')).toEqual([]);
  });

  it.each([
    ['\x1b[31mred\x1b[0m not', ['red:fg-red', ' not:']],
    ['\x1b[1;92mok\x1b[m', ['ok:bold fg-green']],
    ['\x1b[1mb\x1b[22mn', ['b:bold', 'n:']],
    ['\x1b[2;3;4mx\x1b[22;23;24my', ['x:faint italic underline', 'y:']],
    ['\x1b[41mx\x1b[49my', ['x:bg-red', 'y:']],
    ['\x1b[104mx', ['x:bg-blue']],
    ['\x1b[34;7mx\x1b[27my', ['x:bg-blue', 'y:fg-blue']],
    ['\x1b[7mx', ['x:bg-text']],
    ['\x1b[35mx\x1b[39my', ['x:fg-magenta', 'y:']],
    ['\x1b[38;5;9mx', ['x:fg-red']],
    ['\x1b[38;5;46mx', ['x:fg-green']],
    ['\x1b[38;5;21mx', ['x:fg-blue']],
    ['\x1b[38;5;240mx', ['x:fg-black']],
    ['\x1b[38;5;250mx', ['x:fg-white']],
    ['\x1b[38;2;255;128;0mx', ['x:fg-yellow']],
    ['\x1b[38;2;200;0;190mx', ['x:fg-magenta']],
    ['\x1b[38;2;0;190;200mx', ['x:fg-cyan']],
    ['\x1b[38;2;250;250;250mx', ['x:fg-white']],
    ['\x1b[38:2::255:0:0mx', ['x:fg-red']],
    ['\x1b[48;5;22mx', ['x:bg-green']],
    ['\x1b[4:3mx', ['x:underline']],
    ['\x1b[38;2mx', ['x:fg-black']],
    ['\x1b[38mx', ['x:fg-black']],
    ['\x1b[38;5;999999mx', ['x:fg-white']],
    ['\x1b[99;123;8mx', ['x:']],
    ['\x1b[>4;1mx', ['x:']]
  ])('%j has its colours and weights', (text, spans) =>
    expect(looks(text)).toEqual(spans)
  );

  it('keeps a colour over lines and portions', () => {
    const [first, second] = lines('\x1b[3', '1mone\nt', 'wo');
    expect(first!.spans).toEqual([{ text: 'one', look: 'fg-red' }]);
    expect(second!.spans).toEqual([{ text: 'two', look: 'fg-red' }]);
  });

  it('shows the last state of a progress bar', () => {
    expect(plain('10 %\r20 %', '\r', '30 %', '\r')).toEqual(['30 %']);
    expect(plain('10 %\r100 %\r\nend')).toEqual(['100 %', 'end']);
    expect(plain('10 %\r', '\ndone')).toEqual(['10 %', 'done']);
    expect(plain(`10 %${'\b'.repeat(4)}\r20 %`)).toEqual(['20 %']);
  });

  it('leaves titles, links and cursor movements out, and their text in', () => {
    const link = '\x1b]8;;https://evil.test\x1b\\here\x1b]8;;\x07!';
    expect(plain(link)).toEqual(['here!']);
    expect(plain('\x1b]0;title\x07a\x1b[2Kb\x1b[1Ac')).toEqual(['abc']);
  });

  it('spells out what cannot be seen', () => {
    expect(plain('a\x07b\u202ec\x00\x1bZ\x9b31m')).toEqual([
      'a\\u0007b\\u202ec\\u0000\\u001bZ\\u009b31m'
    ]);
    expect(plain('<script>alert(1)</script>')).toEqual([
      '<script>alert(1)</script>'
    ]);
  });

  it('waits for the end of a sequence, but not for ever', () => {
    expect(plain('a\x1b')).toEqual(['a']);
    expect(plain('a\x1b', '[1mb')).toEqual(['ab']);
    expect(plain('a\x1b]0;ti', 'tle\x1b', '\\b')).toEqual(['ab']);
    expect(plain('a\x1b]0;', 'x'.repeat(5_000))[0]).toBe(
      `a\\u001b]0;${'x'.repeat(5_000)}`
    );
    expect(plain('\x1b]', '\x1b[1mb')).toEqual(['\\u001b]b']);
  });

  it('cuts a long line, counts what is left out, and goes on after it', () => {
    const [line, next] = lines('x'.repeat(1_000_000), 'yy\n', 'next');
    expect(line!.spans).toEqual([{ text: 'x'.repeat(LONGEST_LINE), look: '' }]);
    expect(line!.cut).toBe(1_000_002 - LONGEST_LINE);
    expect(next).toEqual({ spans: [{ text: 'next', look: '' }], cut: 0 });
  });

  it('never cuts a character in half', () => {
    const [line] = lines(`${'x'.repeat(LONGEST_LINE - 1)}🌲🌲`);
    expect(line!.spans[0]!.text.endsWith('x')).toBe(true);
    expect(line!.cut).toBe(4);
  });

  it('forgets the cut part of a line that is written anew', () => {
    expect(lines(`${'x'.repeat(20_000)}\rshort`)).toEqual([
      { spans: [{ text: 'short', look: '' }], cut: 0 }
    ]);
  });
});

/** Numbers that only look random. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

const PIECES = [
  ...['\x1b', '\x1b[', '\x1b]', '\x1b]8;;', '\x1b\\', '\x07', '\r', '\n'],
  ...['31', ';', ':', 'm', '38;5;', '\x1b[1;31m', '\x1b[0m', '\x1b[?25l'],
  ...['a', '<b>', '\u202e', '\u0000', '\x9b', '🌲', '\ud83c', 'text', ' ']
];

function hostile(seed: number): string {
  const next = numbers(seed);
  return Array.from(
    { length: 60 },
    () => PIECES[Math.floor(next.next().value * PIECES.length)]!
  ).join('');
}

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

describe('any output', () => {
  it('shows nothing that acts, hides or reorders', () => {
    for (const seed of SEEDS) {
      for (const line of lines(hostile(seed))) {
        for (const { text, look } of line.spans) {
          expect(text).not.toMatch(
            /[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e]/
          );
          expect(look).toMatch(/^[a-z -]*$/);
        }
      }
    }
  });

  it('reads the same however it is portioned', () => {
    for (const seed of SEEDS) {
      const text = hostile(seed);
      const next = numbers(seed + 1_000);
      const cut = Math.floor(next.next().value * text.length);
      expect(
        plain(text.slice(0, cut), text.slice(cut)),
        JSON.stringify(text)
      ).toEqual(plain(text));
    }
  });

  it.each([
    ['escapes', '\x1b'],
    ['open titles', '\x1b]'],
    ['open colours', '\x1b[1'],
    ['parameters', '1;'],
    ['returns', 'a\r'],
    ['colours', '\x1b[31ma']
  ])('of a megabyte of %s is read in one pass', (_, piece) => {
    // Work that grows with the square would need hours here, not a moment.
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const terminal = new Terminal();
    terminal.write(`\x1b[${text}`);
    terminal.write('\nend\n');
    expect(terminal.write('last\n').at(-1)!.spans.at(-1)!.text).toBe('last');
  });
});
