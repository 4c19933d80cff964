import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { item, settle } from '../source.js';
import {
  check,
  editor,
  field,
  list,
  note,
  open,
  press,
  rows,
  snackbar,
  source,
  spoken,
  texts,
  type,
  view
} from './page.js';

beforeEach(() => open());
afterEach(() => view.dispose());

describe('ticking and priority', () => {
  beforeEach(() => open(item('experiment', 'wider forest')));

  it('is dimmed until stored', async () => {
    const row = rows('experiment')[0]!;
    check(row).click();
    await settle();
    expect(row.className).toContain('labbook-pending');
    await source.store([item('experiment', 'wider forest', { done: true })]);
    expect(row.className).not.toContain('labbook-pending');
    expect(check(row).checked).toBe(true);
    expect(list('experiment').textContent).toContain('1 done');
  });

  it('goes back when it is refused', async () => {
    const row = rows('experiment')[0]!;
    check(row).click();
    await settle();
    await source.refuse('The disk is full.');
    expect(check(row).checked).toBe(false);
    expect(note(row)).toBe('The disk is full.');
  });

  it('says why although the item has gone meanwhile', async () => {
    check(rows('experiment')[0]!).click();
    await settle();
    source.show([]);
    await source.refuse('That item is gone from plan.md.');
    expect(rows('experiment')).toEqual([]);
    expect(spoken()).toBe('That item is gone from plan.md.');
  });

  it('cycles the priority, with the word beside the colour', async () => {
    const row = rows('experiment')[0]!;
    check(row).focus();
    press('p');
    await settle();
    expect(source.asked[0]!.change).toMatchObject({
      op: 'priority',
      priority: 'high'
    });
    await source.store([
      item('experiment', 'wider forest', { priority: 'high' })
    ]);
    expect(row.querySelector('.labbook-badge')!.textContent).toBe('high');
    expect(check(row).getAttribute('aria-label')).toBe(
      'wider forest, high priority'
    );
    row.querySelector<HTMLElement>('.labbook-tools button')!.click();
    await settle();
    expect(source.asked[0]!.change).toMatchObject({ priority: 'low' });
  });
});

describe('putting in order', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(text => item('test', text));

  beforeEach(() => {
    source.show([a!, b!, c!]);
    check(rows('test')[1]!).focus();
  });

  it('moves a row up and down by keys, and keeps the focus on it', async () => {
    press('ArrowUp', { altKey: true });
    await settle();
    expect(source.asked[0]!.change).toEqual({
      ...{ op: 'move', item: b!.id },
      before: a!.id
    });
    expect(rows('test')[1]!.getAttribute('aria-busy')).toBe('true');
    await source.store([b!, a!, c!]);
    expect(texts('test')).toEqual(['b', 'a', 'c']);
    expect(document.activeElement).toBe(check(rows('test')[0]!));
    expect(spoken()).toBe('Moved up.');

    press('ArrowDown', { altKey: true });
    press('ArrowDown', { altKey: true });
    await settle();
    expect(source.asked.map(each => each.change)).toEqual([
      { op: 'move', item: b!.id, before: c!.id }
    ]);
    await source.store([a!, b!, c!]);
    // The second step starts from where the first has led.
    expect(source.asked[0]!.change).toMatchObject({ before: '' });
    await source.store([a!, c!, b!]);
    expect(texts('test')).toEqual(['a', 'c', 'b']);
    expect(spoken()).toBe('Moved down.');
  });

  it('moves a row whose text was clicked, and lets its author write on', async () => {
    rows('test')[1]!.querySelector<HTMLElement>('.labbook-text')!.click();
    type(editor(), 'b, rewritten');
    press('ArrowDown', { altKey: true });
    await settle();
    expect(source.asked[0]!.change).toEqual({
      ...{ op: 'move', item: b!.id },
      before: ''
    });
    await source.store([a!, c!, b!]);
    expect(texts('test')).toEqual(['a', 'c', 'b, rewritten']);
    expect(document.activeElement).toBe(editor());
    expect(source.asked).toEqual([]);
    press('Enter');
    await settle();
    expect(source.asked[0]!.change).toMatchObject({
      fields: { text: 'b, rewritten' }
    });
  });

  it('moves a row up and down by its buttons', async () => {
    const button = (row: number, title: string): HTMLElement =>
      rows('test')[row]!.querySelector(`[title^="${title}"]`)!;
    button(2, 'Move up').click();
    button(0, 'Move down').click();
    await settle();
    expect(source.asked.map(each => each.change)).toEqual([
      { op: 'move', item: c!.id, before: b!.id },
      { op: 'move', item: a!.id, before: c!.id }
    ]);
  });

  it('goes no further than the ends, and leaves text fields alone', async () => {
    check(rows('test')[0]!).focus();
    press('ArrowUp', { altKey: true });
    check(rows('test')[2]!).focus();
    press('ArrowDown', { altKey: true });
    field('test').focus();
    press('ArrowUp', { altKey: true });
    await settle();
    expect(source.asked).toEqual([]);
  });

  it('says why it was refused', async () => {
    press('ArrowUp', { altKey: true });
    await settle();
    await source.refuse('“b” was changed meanwhile.');
    expect(note(rows('test')[1]!)).toBe('“b” was changed meanwhile.');
    expect(texts('test')).toEqual(['a', 'b', 'c']);
  });
});

describe('deleting', () => {
  beforeEach(() =>
    open(item('test', 'one'), item('test', 'two'), item('framing', 'ranking'))
  );

  it('offers undo only when the deletion is stored', async () => {
    check(rows('test')[0]!).focus();
    press('Delete');
    await settle();
    expect(source.asked[0]!.change).toEqual({ op: 'delete', item: 'test:one' });
    expect(snackbar().hidden).toBe(true);
    expect(document.activeElement).toBe(check(rows('test')[1]!));
    await source.store(source.items.slice(1));
    expect(texts('test')).toEqual(['two']);
    expect(snackbar().hidden).toBe(false);
    expect(snackbar().textContent).toContain('“one”');
  });

  it('brings the item back and goes to it', async () => {
    const all = source.items;
    check(rows('test')[0]!).focus();
    press('Delete');
    await settle();
    await source.store(all.slice(1));
    press('z', { ctrlKey: true });
    await settle();
    expect(source.asked[0]!.change).toEqual({ op: 'undo' });
    await source.store(all);
    expect(snackbar().hidden).toBe(true);
    expect(document.activeElement).toBe(check(rows('test')[0]!));
    expect(spoken()).toContain('is back');
    press('z', { metaKey: true });
    await settle();
    expect(source.asked).toEqual([]);
    expect(spoken()).toBe('Nothing to take back.');
  });

  it('keeps the item where a deletion is refused', async () => {
    rows('test')[0]!
      .querySelector<HTMLElement>('[aria-label="Delete"]')!
      .click();
    await settle();
    await source.refuse('plan.md is read-only.');
    expect(note(rows('test')[0]!)).toBe('plan.md is read-only.');
    press('z', { ctrlKey: true });
    view.undo();
    await settle();
    expect(source.asked).toEqual([]);
  });

  it('can be undone again when undo was refused', async () => {
    const all = source.items;
    check(rows('test')[0]!).focus();
    press('Backspace');
    await settle();
    await source.store(all.slice(1));
    snackbar().querySelector('button')!.click();
    await settle();
    await source.refuse('plan.md is locked.');
    expect(snackbar().textContent).toContain('plan.md is locked.');
    expect(snackbar().querySelector('button')!.hidden).toBe(false);
    snackbar().querySelector('button')!.click();
    await settle();
    await source.store(all);
    expect(texts('test')).toEqual(['one', 'two']);
  });

  it('leaves undo to the text field in which someone types', () => {
    type(field('test'), 'half');
    expect(press('z', { ctrlKey: true }).defaultPrevented).toBe(false);
    expect(spoken()).toBe('');
  });

  it('moves the focus to the row above from the last, then to the field', async () => {
    check(rows('test')[1]!).focus();
    press('Delete');
    expect(document.activeElement).toBe(check(rows('test')[0]!));
    press('Delete');
    expect(document.activeElement).toBe(field('test'));
    await settle();
  });

  it('moves the focus on when the focused item is removed elsewhere', () => {
    check(rows('test')[0]!).focus();
    source.show(source.items.slice(1));
    expect(document.activeElement).toBe(check(rows('test')[0]!));
    source.show([]);
    expect(document.activeElement).toBe(field('test'));
  });
});
