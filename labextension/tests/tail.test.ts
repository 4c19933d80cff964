import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { english } from '../src/data/words.js';
import { TailView } from '../src/views/experiment/tail.js';
import { HeldExperiment } from './experimentSource.js';
import { settle } from './source.js';

const LINE = 20;
const HEIGHT = 200;
const MOST = 200;

let source: HeldExperiment;
let tail: TailView;
let log: HTMLElement;
let scrolled: number;

const lines = (): string[] =>
  [...log.children].map(node => node.textContent.replace(/\.+$/, ''));
const hint = (): string | null => {
  const bar = tail.node.querySelector<HTMLElement>('.labbook-follow')!;
  return bar.hidden ? null : bar.textContent;
};
const said = (selector: string): string => {
  const node = tail.node.querySelector<HTMLElement>(selector)!;
  return node.hidden ? '' : node.textContent;
};

/** Numbered lines of 64 bytes each, of which `lines` shows the number. */
function numbered(from: number, to: number): string {
  return Array.from(
    { length: to - from },
    (_, at) => `${String(from + at).padStart(7, '0')}${'.'.repeat(56)}\n`
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
  tail = new TailView(english, MOST);
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

  it('asks for nothing when its own step to the end makes the log scroll', async () => {
    source.write('001', numbered(0, 30));
    await open();
    await write(numbered(30, 31));
    const asked = source.reads.length;
    await scroll(log.scrollTop);
    expect(source.reads).toHaveLength(asked);
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
    for (let at = 0; at < 600; at += 150) {
      await write(numbered(at, at + 150));
      expect(lines().length).toBeLessThanOrEqual(MOST);
    }
    expect(lines()[0]).toBe('0000400');
    expect(lines().at(-1)).toBe('0000599');
  });

  it('shows older lines when the top is reached, without a jump', async () => {
    source.write('001', numbered(0, 2_500));
    await open();
    expect(lines()[0]).toBe('0002300');
    let top = 2_300;
    for (let turn = 0; turn < 60 && top > 0; turn++) {
      await scroll(0);
      expect(lines().length).toBeLessThanOrEqual(MOST);
      const now = Number(lines()[0]);
      expect(now).toBeLessThan(top);
      // What was at the top is still at the place where it was read.
      expect(lines()).toContain(String(top).padStart(7, '0'));
      expect(seen()).toBe(String(top).padStart(7, '0'));
      top = now;
    }
    await scroll(0);
    expect(lines()[0]).toBe('0000000');
    const numbers = lines().map(Number);
    expect(numbers).toEqual(numbers.map((_, at) => numbers[0]! + at));
  });

  it('goes on downwards from there, up to the end', async () => {
    source.write('001', numbered(0, 1_500));
    await open();
    for (let turn = 0; turn < 60 && lines()[0] !== '0000000'; turn++) {
      await scroll(0);
    }
    for (let turn = 0; turn < 40 && !tail.following; turn++) {
      await scroll(1e9);
    }
    expect(tail.following).toBe(true);
    expect(lines().at(-1)).toBe('0001499');
    await write(numbered(1_500, 1_501));
    expect(lines().at(-1)).toBe('0001500');
  });

  it('does not fetch without end while somebody reads above', async () => {
    source.write('001', numbered(0, 30));
    await open();
    await scroll(100);
    for (let at = 30; at < 1_530; at += 300) {
      await write(numbered(at, at + 300));
    }
    const reads = source.reads.length;
    expect(hint()).toMatch(/^More than \d+ new linesFollow$/);
    await write(numbered(1_530, 1_531));
    expect(source.reads).toHaveLength(reads);
    expect(lines().length).toBeLessThanOrEqual(MOST);
    tail.follow();
    await settle();
    expect(lines().at(-1)).toBe('0001530');
  });

  it('skips to the end of what is written faster than it can be read', async () => {
    source.write('001', 'a\n');
    await open();
    await write(numbered(0, 20_000));
    expect(lines().at(-1)).toBe('0019999');
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
    const forest = `${'🌲'.repeat(30)}\n`.repeat(1_200);
    source.write('001', forest);
    await open();
    for (let turn = 0; turn < 60 && !source.reads.includes(0); turn++) {
      await scroll(0);
    }
    expect(new Set(lines())).toEqual(new Set(['🌲'.repeat(30)]));
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
    await write(numbered(0, 1_500));
    await open();
    source.refusal = 'The disk does not answer; trying again.';
    for (let turn = 0; turn < 20; turn++) {
      await scroll(0);
    }
    expect(said('.labbook-trouble')).toBe(source.refusal);
    source.refusal = '';
    for (let turn = 0; turn < 20; turn++) {
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
