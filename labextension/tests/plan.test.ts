import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ListName, PlanItem } from '../src/data/plan.js';
import { PlanView } from '../src/views/plan.js';
import { HeldSource, item, settle } from './source.js';

let source: HeldSource;
let view: PlanView;

function open(...items: PlanItem[]): void {
  source = new HeldSource(items);
  view = new PlanView(source);
  document.body.replaceChildren(view.node);
}

const list = (name: ListName): HTMLElement =>
  view.node.querySelector(`[data-list="${name}"]`)!;
const field = (name: ListName): HTMLTextAreaElement =>
  list(name).querySelector('.labbook-new')!;
const rows = (name: ListName): HTMLElement[] => [
  ...list(name).querySelectorAll<HTMLElement>('.labbook-row')
];
const texts = (name: ListName): string[] =>
  rows(name).map(
    row =>
      row.querySelector<HTMLTextAreaElement>('.labbook-edit')?.value ??
      row.querySelector('.labbook-text')!.textContent
  );
const check = (row: HTMLElement): HTMLInputElement =>
  row.querySelector('.labbook-check')!;
const editor = (): HTMLTextAreaElement =>
  view.node.querySelector('.labbook-edit')!;
const note = (row: HTMLElement): string => {
  const node = row.querySelector<HTMLElement>('.labbook-note');
  return node && !node.hidden ? node.textContent : '';
};
const spoken = (): string =>
  view.node.querySelector('.labbook-spoken')!.textContent;
const snackbar = (): HTMLElement =>
  view.node.querySelector('.labbook-snackbar')!;

function press(key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', {
    key,
    bubbles: true,
    cancelable: true,
    ...more
  });
  document.activeElement!.dispatchEvent(event);
  return event;
}

function type(into: HTMLTextAreaElement, text: string): void {
  into.focus();
  into.value = text;
  into.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

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

  it('moves a row up by its button', async () => {
    rows('test')[2]!.querySelector<HTMLElement>('[title^="Move up"]')!.click();
    await settle();
    expect(source.asked[0]!.change).toMatchObject({ before: b!.id });
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
