import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { item, settle } from '../source.js';
import {
  check,
  editor,
  field,
  note,
  open,
  press,
  rows,
  source,
  texts,
  type,
  view
} from './page.js';

beforeEach(() => open());
afterEach(() => view.dispose());

describe('adding', () => {
  it('asks for the item and dims it until it is stored', async () => {
    type(field('question'), '  Why \n so slow?  ');
    press('Enter');
    await settle();
    expect(source.asked[0]!.change).toMatchObject({
      op: 'add',
      list: 'question',
      text: 'Why so slow?'
    });
    expect(texts('question')).toEqual(['Why so slow?']);
    expect(rows('question')[0]!.getAttribute('aria-busy')).toBe('true');
    expect(field('question').value).toBe('');
    const row = rows('question')[0];

    await source.store([item('question', 'Why so slow?')]);
    expect(rows('question')).toEqual([row]);
    expect(row!.hasAttribute('aria-busy')).toBe(false);
  });

  it('shows no second row between the new state and the answer', async () => {
    type(field('test'), 'augment()');
    press('Enter');
    await settle();
    source.show([item('test', 'augment()')]);
    expect(texts('test')).toEqual(['augment()']);
    expect(rows('test')[0]!.getAttribute('aria-busy')).toBe('true');
  });

  it('follows the item although its text is stored otherwise', async () => {
    type(field('test'), 'augment() !');
    press('Enter');
    await settle();
    await source.store([item('test', 'augment()', { priority: 'high' })]);
    expect(texts('test')).toEqual(['augment()']);
  });

  it('keeps a refused text for another try and says why', async () => {
    type(field('question'), 'Why?');
    press('Enter');
    await settle();
    type(field('question'), 'Half a next one');
    await source.refuse('plan.md is read-only.');
    expect(texts('question')).toEqual(['Why?']);
    expect(note(rows('question')[0]!)).toBe('plan.md is read-only.');
    expect(field('question').value).toBe('Half a next one');
    expect(document.activeElement).toBe(field('question'));

    type(editor(), 'Why not?');
    press('Enter');
    await settle();
    expect(source.asked[0]!.change).toMatchObject({
      op: 'add',
      text: 'Why not?'
    });
    await source.store([item('question', 'Why not?')]);
    expect(texts('question')).toEqual(['Why not?']);
    expect(note(rows('question')[0]!)).toBe('');
  });

  it('lets the priority of a refused text go along with the next try', async () => {
    type(field('test'), 'augment()');
    press('Enter');
    await settle();
    await source.refuse('No.');
    check(rows('test')[0]!).focus();
    press('p');
    check(rows('test')[0]!).click();
    await settle();
    expect(source.asked).toEqual([]);
    expect(check(rows('test')[0]!).checked).toBe(false);
    editor().focus();
    press('Enter');
    await settle();
    expect(source.asked[0]!.change).toMatchObject({
      op: 'add',
      text: 'augment()',
      priority: 'high'
    });
  });

  it('drops a refused text by Delete', async () => {
    type(field('test'), 'augment()');
    press('Enter');
    await settle();
    await source.refuse('No.');
    check(rows('test')[0]!).focus();
    press('Delete');
    await settle();
    expect(source.asked).toEqual([]);
    expect(rows('test')).toEqual([]);
    expect(document.activeElement).toBe(field('test'));
  });

  it('lets a refused text go on Escape', async () => {
    type(field('test'), 'augment()');
    press('Enter');
    await settle();
    await source.refuse('No.');
    editor().focus();
    press('Escape');
    expect(rows('test')).toEqual([]);
    expect(document.activeElement).toBe(field('test'));
  });

  it('adds nothing from an empty field or while a word is composed', async () => {
    type(field('test'), '   ');
    press('Enter');
    type(field('test'), 'に');
    press('Enter', { isComposing: true });
    await settle();
    expect(source.asked).toEqual([]);
  });
});

describe('editing', () => {
  beforeEach(() => open(item('test', 'one'), item('test', 'two')));

  it.each(['Enter', 'F2'])(
    'starts with %s and stores with Enter',
    async key => {
      const row = rows('test')[0]!;
      check(row).focus();
      press(key);
      expect(editor().value).toBe('one');
      type(editor(), 'uno');
      press('Enter');
      await settle();
      expect(source.asked[0]!.change).toEqual({
        op: 'edit',
        item: 'test:one',
        fields: { text: 'uno' }
      });
      expect(document.activeElement).toBe(check(row));
      await source.store([item('test', 'uno'), item('test', 'two')]);
      expect(rows('test')[0]).toBe(row);
      expect(document.activeElement).toBe(check(row));
    }
  );

  it('stores nothing on Escape, without a change, or without text', async () => {
    for (const [text, key] of [
      ['uno', 'Escape'],
      ['one', 'Enter'],
      ['  ', 'Enter']
    ] as const) {
      check(rows('test')[0]!).focus();
      press('Enter');
      type(editor(), text);
      press(key);
      await settle();
      expect(texts('test')).toEqual(['one', 'two']);
    }
    expect(source.asked).toEqual([]);
  });

  it('stores what was typed when the focus leaves', async () => {
    rows('test')[0]!.querySelector<HTMLElement>('.labbook-text')!.click();
    type(editor(), 'uno');
    field('question').focus();
    await settle();
    expect(source.asked[0]!.change).toMatchObject({ fields: { text: 'uno' } });
  });

  it('keeps the typed text where a change is refused', async () => {
    check(rows('test')[0]!).focus();
    press('Enter');
    type(editor(), 'uno');
    press('Enter');
    await settle();
    await source.refuse('plan.md is read-only.');
    expect(editor().value).toBe('uno');
    expect(document.activeElement).toBe(editor());
    expect(note(rows('test')[0]!)).toBe('plan.md is read-only.');
    press('Escape');
    expect(texts('test')).toEqual(['one', 'two']);
  });

  it('leaves typing alone when a new state arrives', () => {
    check(rows('test')[1]!).focus();
    press('Enter');
    type(editor(), 'half a th');
    const typing = editor();
    source.show([
      item('test', 'two'),
      item('test', 'zero'),
      item('test', 'one', { done: true })
    ]);
    expect(texts('test')).toEqual(['half a th', 'zero', 'one']);
    expect(editor()).toBe(typing);
    expect(document.activeElement).toBe(typing);
  });

  it('says that the item was changed elsewhere, and edits what it became', async () => {
    check(rows('test')[0]!).focus();
    press('Enter');
    type(editor(), 'mine');
    source.show([item('test', 'theirs'), item('test', 'two')]);
    expect(note(rows('test')[0]!)).toContain('“theirs”');
    press('Enter');
    await settle();
    expect(source.asked[0]!.change).toMatchObject({
      op: 'edit',
      item: 'test:theirs',
      fields: { text: 'mine' }
    });
  });

  it('keeps a text whose item was removed elsewhere, and adds it again', async () => {
    check(rows('test')[0]!).focus();
    press('Enter');
    type(editor(), 'mine');
    source.show([item('test', 'two')]);
    expect(texts('test')).toEqual(['mine', 'two']);
    expect(note(rows('test')[0]!)).toContain('Removed elsewhere');
    press('Enter');
    await settle();
    expect(source.asked[0]!.change).toMatchObject({ op: 'add', text: 'mine' });
    await source.store([item('test', 'two'), item('test', 'mine')]);
    expect(texts('test')).toEqual(['two', 'mine']);
  });

  it('drops an emptied text whose item was removed elsewhere', () => {
    check(rows('test')[0]!).focus();
    press('Enter');
    type(editor(), '');
    source.show([item('test', 'two')]);
    press('Enter');
    expect(texts('test')).toEqual(['two']);
    expect(document.activeElement).toBe(check(rows('test')[0]!));
  });

  it('sends the second change of an item when its new id is known', async () => {
    const row = rows('test')[0]!;
    check(row).focus();
    press('Enter');
    type(editor(), 'uno');
    press('Enter');
    check(row).click();
    await settle();
    expect(source.asked).toHaveLength(1);
    await source.store([item('test', 'uno'), item('test', 'two')]);
    expect(source.asked[0]!.change).toEqual({
      op: 'tick',
      item: 'test:uno',
      done: true
    });
  });
});
