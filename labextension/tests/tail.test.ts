import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { english } from '../src/data/words.js';
import { MOST_LINES, TailView } from '../src/views/experiment/tail.js';
import { HeldExperiment } from './experimentSource.js';
import { settle } from './source.js';

const LINE = 20;
const HEIGHT = 200;

let source: HeldExperiment;
let tail: TailView;
let log: HTMLElement;
let scrolled: number;

const lines = (): string[] => [...log.children].map(node => node.textContent);
const hint = (): string | null => {
  const bar = tail.node.querySelector<HTMLElement>('.labbook-follow')!;
  return bar.hidden ? null : bar.textContent;
};
const said = (selector: string): string => {
  const node = tail.node.querySelector<HTMLElement>(selector)!;
  return node.hidden ? '' : node.textContent;
};

/** Numbered lines of one length: `0000042\n` is line 42. */
function numbered(from: number, to: number): string {
  return Array.from(
    { length: to - from },
    (_, at) => `${String(from + at).padStart(7, '0')}\n`
  ).join('');
}

/** jsdom lays nothing out: each line is 20 px high, in a window of 200. */
function layOut(): void {
  scrolled = 0;
  const most = (): number => Math.max(0, log.children.length * LINE - HEIGHT);
  Object.defineProperties(log, {
    clientHeight: { get: () => HEIGHT },
    scrollHeight: {
      get: () => Math.max(HEIGHT, log.children.length * LINE)
    },
    scrollTop: {
      get: () => Math.min(scrolled, most()),
      set: (top: number) => (scrolled = Math.max(0, Math.min(top, most())))
    }
  });
  Object.defineProperty(HTMLElement.prototype, 'offsetTop', {
    configurable: true,
    get(this: HTMLElement) {
      return [...(this.parentElement?.children ?? [])].indexOf(this) * LINE;
    }
  });
}

/** The first line that a reader sees. */
const seen = (): string => lines()[log.scrollTop / LINE]!;

async function scroll(top: number): Promise<void> {
  log.scrollTop = top;
  log.dispatchEvent(new Event('scroll'));
  await settle();
}

async function open(run = '001'): Promise<void> {
  tail.open(run, from => source.output(run, from));
  await settle();
}

async function write(text: string): Promise<void> {
  source.write('001', text);
  await settle();
}

beforeEach(() => {
  source = new HeldExperiment();
  tail = new TailView(english);
  log = tail.node.querySelector('pre')!;
  document.body.replaceChildren(tail.node);
  layOut();
  source.subscribe(() => tail.refresh());
});

afterEach(() => {
  delete (HTMLElement.prototype as { offsetTop?: number }).offsetTop;
});

describe('the tail of a log', () => {
  it('starts at the end and follows it', async () => {
    source.write('001', numbered(0, 30));
    await open();
    expect(lines()).toHaveLength(30);
    expect(seen()).toBe('0000020');
    await write(numbered(30, 40));
    expect(seen()).toBe('0000030');
    expect(hint()).toBeNull();
    expect(log.getAttribute('aria-label')).toBe('Output of 001');
  });

  it('asks only for what is new', async () => {
    source.write('001', 'ab');
    await open();
    await write('cd\n');
    await write('e');
    expect(source.reads).toEqual([undefined, 2, 5]);
    expect(lines()).toEqual(['abcd', 'e']);
  });

  it('grows a line in place and keeps the nodes of all others', async () => {
    source.write('001', 'a\nb');
    await open();
    const [first, second] = [...log.children];
    const text = second!.firstChild as Text;
    await write('c\nd');
    expect(lines()).toEqual(['a', 'bc', 'd']);
    expect([...log.children].slice(0, 2)).toEqual([first, second]);
    expect(second!.firstChild).toBe(text);
    await write('\r\x1b[31mred');
    expect(log.lastElementChild!.children[0]!.className).toBe(
      'labbook-ansi-fg-red'
    );
  });

  it('stops following when one scrolls up, and counts what is new', async () => {
    source.write('001', numbered(0, 30));
    await open();
    await scroll(100);
    expect(hint()).toBe('Follow');
    await write(numbered(30, 31));
    expect(hint()).toBe('1 new lineFollow');
    await write(numbered(31, 33));
    expect(hint()).toBe('3 new linesFollow');
    expect(seen()).toBe('0000005');
    const follow = tail.node.querySelector('button')!;
    follow.focus();
    follow.click();
    await settle();
    expect(seen()).toBe('0000023');
    expect(document.activeElement).toBe(log);
    await write(numbered(33, 34));
    expect(seen()).toBe('0000024');
  });

  it('follows again when one scrolls back to the end', async () => {
    source.write('001', numbered(0, 30));
    await open();
    await scroll(100);
    await scroll(400);
    expect(hint()).toBeNull();
    expect(tail.following).toBe(true);
    await write(numbered(30, 31));
    expect(seen()).toBe('0000021');
  });

  it('keeps so many lines on the page and no more', async () => {
    await open();
    for (let at = 0; at < 6_000; at += 1_500) {
      await write(numbered(at, at + 1_500));
      expect(lines().length).toBeLessThanOrEqual(MOST_LINES);
    }
    expect(lines()[0]).toBe('0004000');
    expect(lines().at(-1)).toBe('0005999');
  });

  it('shows older lines when the top is reached, without a jump', async () => {
    source.write('001', numbered(0, 20_000));
    await open();
    expect(lines()[0]).toBe('0018000');
    let top = 18_000;
    while (top > 0) {
      const before = seen();
      await scroll(0);
      expect(lines().length).toBeLessThanOrEqual(MOST_LINES);
      const now = Number(lines()[0]);
      expect(now).toBeLessThan(top);
      // What was at the top is still at the place where it was read.
      expect(lines()).toContain(String(top).padStart(7, '0'));
      expect(before <= String(20_000).padStart(7, '0')).toBe(true);
      expect(seen()).toBe(String(top).padStart(7, '0'));
      top = now;
    }
    await scroll(0);
    expect(lines()[0]).toBe('0000000');
    const numbers = lines().map(Number);
    expect(numbers).toEqual(numbers.map((_, at) => numbers[0]! + at));
  });

  it('goes on downwards from there, up to the end', async () => {
    source.write('001', numbered(0, 12_000));
    await open();
    while (lines()[0] !== '0000000') {
      await scroll(0);
    }
    for (let turn = 0; turn < 40 && !tail.following; turn++) {
      await scroll(1e9);
    }
    expect(tail.following).toBe(true);
    expect(lines().at(-1)).toBe('0011999');
    await write(numbered(12_000, 12_001));
    expect(lines().at(-1)).toBe('0012000');
  });

  it('does not fetch without end while somebody reads above', async () => {
    source.write('001', numbered(0, 30));
    await open();
    await scroll(100);
    for (let at = 30; at < 30_000; at += 6_000) {
      await write(numbered(at, at + 6_000));
    }
    const reads = source.reads.length;
    expect(hint()).toMatch(/^More than \d+ new linesFollow$/);
    await write(numbered(30_030, 30_031));
    expect(source.reads).toHaveLength(reads);
    expect(lines().length).toBeLessThanOrEqual(MOST_LINES);
    tail.follow();
    await settle();
    expect(lines().at(-1)).toBe('0030030');
  });

  it('skips to the end of what is written faster than it can be read', async () => {
    source.write('001', 'a\n');
    await open();
    await write(numbered(0, 200_000));
    expect(lines().at(-1)).toBe('0199999');
    expect(source.reads.length).toBeLessThan(8);
  });

  it('starts anew when the file is written anew', async () => {
    source.write('001', numbered(0, 10));
    await open();
    source.truncate('001');
    await write('new\n');
    expect(lines()).toEqual(['new']);
  });

  it('cuts a line of a megabyte and says so', async () => {
    source.write('001', 'a\n');
    await open();
    for (let part = 0; part < 16; part++) {
      await write('x'.repeat(65_536));
    }
    await write('\nend\n');
    expect(lines()[1]).toMatch(
      /^x{10000} … 1038576 more characters in output\.log$/
    );
    expect(lines().at(-1)).toBe('end');
  });

  it('reads characters of several bytes, wherever a portion is cut', async () => {
    const forest = `${'🌲'.repeat(7)}\n`.repeat(9_000);
    source.write('001', forest);
    await open();
    while (source.reads.at(-1) !== 0) {
      await scroll(0);
    }
    expect(new Set(lines())).toEqual(new Set(['🌲'.repeat(7)]));
  });

  it('shows another run from its end', async () => {
    source.write('001', numbered(0, 30));
    source.write('002', 'two\n');
    await open();
    await scroll(0);
    await open('002');
    expect(lines()).toEqual(['two']);
    expect(hint()).toBeNull();
  });

  it('drops the answer for a run that is no longer shown', async () => {
    source.write('001', 'one\n');
    source.write('002', 'two\n');
    tail.open('001', from => source.output('001', from));
    tail.open('002', from => source.output('002', from));
    await settle();
    expect(lines()).toEqual(['two']);
  });

  it('says why it cannot be read, and goes on when it can', async () => {
    source.refusal = 'The disk does not answer; trying again.';
    await open();
    expect(said('.labbook-trouble')).toBe(source.refusal);
    source.refusal = '';
    await write('a\n');
    expect(said('.labbook-trouble')).toBe('');
    await write(numbered(0, 20_000));
    source.refusal = 'The disk does not answer; trying again.';
    for (let turn = 0; turn < 9; turn++) {
      await scroll(0);
    }
    expect(said('.labbook-trouble')).toBe(source.refusal);
    source.refusal = '';
    for (let turn = 0; turn < 9; turn++) {
      await scroll(0);
    }
    expect(lines()[0]).toBe('a');
  });

  it('says what is missing while there is nothing to read', async () => {
    tail.open('001', null);
    expect(said('.labbook-empty')).toBe(
      'There is no output: no run has started.'
    );
    tail.open('001', from => source.output('001', from));
    expect(said('.labbook-empty')).toBe('Reading the output…');
    await settle();
    expect(said('.labbook-empty')).toBe('Nothing was written so far.');
    await write('a');
    expect(said('.labbook-empty')).toBe('');
  });
});
