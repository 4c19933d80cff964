import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { item, settle } from '../source.js';
import { check, note, open, press, rows, source, type, view } from './page.js';

beforeEach(() => open());
afterEach(() => view.dispose());

describe('details of a question', () => {
  const question = item('question', 'Why?', { expected: 'The loader' });
  const input = (name: number): HTMLTextAreaElement =>
    rows('question')[0]!.querySelectorAll<HTMLTextAreaElement>(
      '.labbook-detail'
    )[name]!;
  const toggle = (): HTMLButtonElement =>
    rows('question')[0]!.querySelector('.labbook-fold')!;

  beforeEach(() => open(question));

  it('are folded under what is expected', () => {
    expect(toggle().textContent).toBe('Expected: The loader');
    check(rows('question')[0]!).focus();
    press('ArrowRight');
    expect(toggle().getAttribute('aria-expanded')).toBe('true');
    expect(toggle().textContent).toBe('Details');
    press('ArrowLeft');
    expect(toggle().getAttribute('aria-expanded')).toBe('false');
    toggle().click();
    expect(toggle().getAttribute('aria-expanded')).toBe('true');
  });

  it('ask for an expectation where there is none', () => {
    source.show([item('question', 'Why?')]);
    expect(toggle().textContent).toBe('What do you expect?');
  });

  it('are stored one by one', async () => {
    toggle().click();
    type(input(1), 'Profile one epoch');
    press('Enter');
    await settle();
    expect(source.asked[0]!.change).toEqual({
      op: 'edit',
      item: 'question:Why?',
      fields: { setup: 'Profile one epoch' }
    });
    type(input(2), 'Cache it');
    source.show([{ ...question, setup: 'Profile one epoch' }]);
    expect(input(2).value).toBe('Cache it');
    source.asked.shift()!.resolve();
    check(rows('question')[0]!).focus();
    await settle();
    expect(source.asked[0]!.change).toMatchObject({
      fields: { impact: 'Cache it' }
    });
  });

  it('keep what was typed when it is refused', async () => {
    toggle().click();
    type(input(0), 'The disk');
    press('Enter');
    await settle();
    await source.refuse('plan.md is read-only.');
    expect(input(0).value).toBe('The disk');
    expect(note(rows('question')[0]!)).toBe('plan.md is read-only.');
    input(0).focus();
    press('Escape');
    expect(input(0).value).toBe('The loader');
    expect(document.activeElement).toBe(toggle());
  });

  it('belong to other lists only where someone wrote them by hand', () => {
    source.show([
      item('test', 'plain'),
      item('test', 'rich', { impact: 'Trust it' })
    ]);
    expect(rows('test')[0]!.querySelector('.labbook-fold')).toBeNull();
    expect(rows('test')[1]!.textContent).toContain('Impact: Trust it');
  });
});
