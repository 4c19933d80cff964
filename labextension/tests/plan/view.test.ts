import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { english } from '../../src/data/words.js';
import { PlanView } from '../../src/views/plan.js';
import { item, settle } from '../source.js';
import {
  check,
  field,
  list,
  open,
  press,
  rows,
  snackbar,
  source,
  texts,
  type,
  view
} from './page.js';

beforeEach(() => open());
afterEach(() => view.dispose());

describe('the whole view', () => {
  it('moves through lists and fields by the arrow keys', () => {
    open(item('experiment', 'one'), item('question', 'two'));
    check(rows('experiment')[0]!).focus();
    press('ArrowDown');
    expect(document.activeElement).toBe(field('experiment'));
    press('ArrowDown');
    expect(document.activeElement).toBe(check(rows('question')[0]!));
    press('ArrowUp');
    press('ArrowUp');
    press('ArrowUp');
    expect(document.activeElement).toBe(check(rows('experiment')[0]!));
  });

  it('leaves the arrow keys to text that is being typed', () => {
    type(field('experiment'), 'two lines');
    expect(press('ArrowUp').defaultPrevented).toBe(false);
    expect(document.activeElement).toBe(field('experiment'));
  });

  it('has one row of each list in the order of Tab', () => {
    open(item('test', 'one'), item('test', 'two'));
    const stops = (): number[] => rows('test').map(row => check(row).tabIndex);
    expect(stops()).toEqual([0, -1]);
    check(rows('test')[1]!).focus();
    expect(stops()).toEqual([-1, 0]);
  });

  it("heads its lists in the reader's language, whatever plan.md says", () => {
    const heads = (): (string | null)[] =>
      [...document.querySelectorAll('h3 > span:first-child')].map(
        each => each.textContent
      );
    expect(heads()).toEqual([
      'Experiments',
      'Questions',
      'Assumptions to dispute',
      'Code that wants unit tests',
      'Other ways to frame the problem'
    ]);
    const reader = new PlanView(source, {
      words: { ...english, __: sentence => `[${sentence}]` }
    });
    document.body.replaceChildren(reader.node);
    expect(heads()[1]).toBe('[Questions]');
    reader.dispose();
  });

  it('says what to do in an empty list', () => {
    for (const name of ['experiment', 'assumption', 'framing'] as const) {
      const empty = list(name).querySelector<HTMLElement>('.labbook-empty')!;
      expect(empty.hidden).toBe(false);
    }
    source.show([item('test', 'one')]);
    expect(
      list('test').querySelector<HTMLElement>('.labbook-empty')!.hidden
    ).toBe(true);
  });

  it('shows a problem with the file, and where the file is', () => {
    source.problem = 'plan.md is not UTF-8: save it as UTF-8.';
    source.live = false;
    source.show([]);
    expect(view.node.textContent).toContain('not UTF-8');
    expect(view.node.textContent).toContain('labbook/plan.md');
    expect(view.node.textContent).toContain('Not live');
  });

  it('shows markup as the text that it is', () => {
    const evil = '<img src=x onerror="window.pwned=1"><script>1</script>';
    open(item('question', evil, { expected: evil }));
    expect(texts('question')).toEqual([evil]);
    expect(view.node.querySelector('img, script')).toBeNull();
  });

  it('says so while the source is slow, until it answers', async () => {
    vi.useFakeTimers();
    try {
      open(item('test', 'one'));
      const status = view.node.querySelector('.labbook-status')!;
      check(rows('test')[0]!).click();
      await settle();
      vi.advanceTimersByTime(2900);
      expect(status.textContent).toBe('');
      vi.advanceTimersByTime(200);
      expect(status.textContent).toBe('Busy; stored when it answers.');
      expect(rows('test')[0]!.getAttribute('aria-busy')).toBe('true');
      await source.store([item('test', 'one', { done: true })]);
      expect(status.textContent).toBe('');
    } finally {
      vi.useRealTimers();
    }
  });

  it('hides the notice of a deletion after a while, unless it is in use', async () => {
    vi.useFakeTimers();
    try {
      open(item('test', 'one'));
      check(rows('test')[0]!).focus();
      press('Delete');
      await settle();
      await source.store([]);
      const button = snackbar().querySelector('button')!;
      button.focus();
      vi.advanceTimersByTime(60_000);
      expect(snackbar().hidden).toBe(false);
      button.blur();
      vi.advanceTimersByTime(13_000);
      expect(snackbar().hidden).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps its keys from the host, but hands on the one that saves', () => {
    open(item('test', 'one'));
    const host = document.createElement('div');
    document.body.replaceChildren(host);
    host.append(view.node);
    const seen: string[] = [];
    host.addEventListener('keydown', event => {
      seen.push(event.key);
      event.preventDefault();
    });
    check(rows('test')[0]!).focus();
    press('ArrowDown');
    press('x');
    expect(press('s', { ctrlKey: true }).defaultPrevented).toBe(true);
    expect(seen).toEqual(['s']);
  });

  it('ends without a trace', () => {
    view.dispose();
    expect(source.listeners).toBe(0);
    expect(document.querySelector('.labbook')).toBeNull();
  });
});
