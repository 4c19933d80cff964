import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entry, preflight, queue as held } from '../nightsSource.js';
import { finding } from '../nightsSource.js';
import {
  $,
  all,
  begun,
  copied,
  inserted,
  open,
  panel,
  press,
  queue,
  source,
  spoken,
  tool,
  type,
  view
} from '../panel/page.js';
import { overview } from '../labbookSource.js';

const A = entry('deep', '001');
const B = entry('deep', '002', {
  begins: '2026-11-22T23:00:00+01:00',
  ends: '2026-11-23T00:30:00+01:00',
  expected: { low: 60, middle: 5400, high: 7200 }
});
const RUNNING = entry('wide', '001', {
  ...{ state: 'running', sentence: '', reason: '', when: 'now' },
  begins: '2026-11-22T17:30:00+01:00',
  ends: '2026-11-22T18:30:00+01:00'
});

const rows = (): HTMLElement[] => all('.labbook-entry');
const main = (at: number): HTMLElement =>
  rows()[at]!.querySelector<HTMLElement>('.labbook-entry-main')!;
const menu = (): HTMLElement => $('[role=menu]');
const items = (): string[] =>
  [...menu().querySelectorAll('[role=menuitem]')].map(
    each => each.firstChild!.textContent!
  );
const pick = (label: string): void =>
  [...menu().querySelectorAll<HTMLElement>('[role=menuitem]')]
    .find(each => each.firstChild!.textContent === label)!
    .click();
const asked = (): unknown => queue.asked.at(-1)?.what;
const settled = (): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, 0));

beforeEach(() => {
  open();
  source.show(overview({}));
  view.show('queue');
  queue.show({ queue: held([RUNNING, A, B]) });
});
afterEach(() => view.dispose());

describe('the queue', () => {
  it('says in words when runs begin and end, and draws the same', () => {
    expect(rows().map(row => row.querySelector('bdi')!.textContent)).toEqual([
      'wide/001',
      'deep/001',
      'deep/002'
    ]);
    expect(main(1).textContent).toContain('22:00 – 23:00');
    expect(rows()[2]!.textContent).toContain('23:00 – 00:30');
    expect(rows()[2]!.textContent).toContain('about 1 h 30 min');
    expect(rows()[1]!.textContent).toContain('It waits for tonight.');
    expect($('.labbook-tonight strong').textContent).toBe(
      'tonight: 22:00 to 07:00'
    );
    expect($('.labbook-tonight span').textContent).toBe('1 of 9 h used');
    const bar = rows()[1]!.querySelector<HTMLElement>('.labbook-span')!;
    // Four of the thirteen hours until the window closes.
    expect(Number.parseFloat(bar.style.left)).toBeCloseTo((100 * 4) / 13, 1);
    expect(Number.parseFloat(bar.style.width)).toBeCloseTo(100 / 13, 1);
    expect(bar.closest('[aria-hidden]')).not.toBeNull();
  });

  it.each(['18:00', '18:33', '19:20', '20:59'])(
    'writes no hour over another at %s',
    clock => {
      const moment = `2026-11-22T${clock}:00+01:00`;
      queue.show({ queue: held([A, B], { moment }) });
      const labels = all('.labbook-axis > span');
      const places = labels.map(label => {
        // Percent of the narrowest panel; one at the edge stands before its place.
        const left = (Number.parseFloat(label.style.left) / 100) * 226;
        return label.hasAttribute('data-edge') ? left - 30 : left;
      });
      expect(labels.length).toBeGreaterThan(2);
      for (const [at, left] of places.entries()) {
        expect(left - (places[at - 1] ?? -99)).toBeGreaterThan(30);
      }
    }
  );

  it('counts what it has no room for', () => {
    queue.show({ queue: held([A], { total: 41 }) });
    expect(panel().textContent).toContain('40 more wait.');
  });

  it('shows text from files as text', () => {
    queue.show({
      queue: held([entry('<b>x', '001', { sentence: '<i>no</i>\u202e' })])
    });
    expect(rows()[0]!.textContent).toContain('<b>x/001');
    expect(rows()[0]!.textContent).toContain('<i>no</i>\\u202e');
  });

  it('says what to do where nothing waits', () => {
    queue.show({ queue: held([]) });
    expect(panel().textContent).toContain('--when tonight');
    tool(panel(), 'New experiment cell').click();
    expect(begun).toBe(1);
    expect($('.labbook-preflight').hidden).toBe(true);
  });

  it('is paused and resumed', async () => {
    tool(panel(), 'Let nothing start').click();
    expect(asked()).toEqual({ act: 'pause', why: '' });
    queue.show({ queue: held([A], { paused: 'for a demo.' }) });
    expect(panel().textContent).toContain(
      'Paused: nothing starts. for a demo.'
    );
    tool(panel(), 'Let runs start again').click();
    expect(asked()).toEqual({ act: 'resume' });
    queue.asked.at(-1)!.reject(new Error('The disk is full.'));
    await settled();
    expect($('.labbook-queue > .labbook-note').textContent).toBe(
      'The disk is full.'
    );
  });
});

describe('a run in the queue', () => {
  it('is held and released by a key, and what that means is said', async () => {
    main(1).focus();
    press('h');
    expect(asked()).toEqual({ act: 'hold', runs: ['0001-deep/001'] });
    const sentence = 'It waits until it is released.';
    queue.show({
      queue: held([RUNNING, { ...A, held: true, begins: '', sentence }, B])
    });
    queue.asked.at(-1)!.resolve();
    await settled();
    expect(spoken()).toBe(`deep/001: ${sentence}`);
    expect(document.activeElement).toBe(main(1));
    expect(rows()[1]!.textContent).toContain('held');
    press('h');
    expect(asked()).toEqual({ act: 'release', runs: ['0001-deep/001'] });
  });

  it.each([
    ['n', { act: 'now', runs: ['0001-deep/001'] }],
    ['+', { act: 'priority', runs: ['0001-deep/001'], priority: 1 }],
    ['-', { act: 'priority', runs: ['0001-deep/001'], priority: -1 }],
    [']', { act: 'order', runs: ['0001-deep/002'], before: '0001-deep/001' }]
  ])('answers to the key %s', (key, wish) => {
    main(1).focus();
    press(key);
    expect(asked()).toEqual(wish);
  });

  it('is put before the one before it, if that waits', () => {
    main(2).focus();
    press('[');
    expect(asked()).toEqual({
      act: 'order',
      runs: ['0001-deep/002'],
      before: '0001-deep/001'
    });
    main(1).focus();
    press('[');
    expect(queue.asked).toHaveLength(1);
  });

  it('opens a menu that arrows go through and Escape leaves', () => {
    main(1).focus();
    main(1).click();
    expect(items()).toContain('Move to lunch');
    expect(document.activeElement!.textContent).toContain('Run it now');
    press('ArrowDown');
    expect(document.activeElement!.textContent).toContain('Hold');
    press('End');
    expect(document.activeElement!.textContent).toContain('Cancel it');
    press('ArrowDown');
    expect(document.activeElement!.textContent).toContain('Run it now');
    press('Escape');
    expect(menu()).toBeNull();
    expect(document.activeElement).toBe(main(1));
    expect(main(1).getAttribute('aria-expanded')).toBe('false');
  });

  it('closes its menu when somebody clicks elsewhere', () => {
    main(1).click();
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    expect(menu()).toBeNull();
  });

  it('is moved to a window by the menu', () => {
    main(1).click();
    pick('Move to the weekend');
    expect(asked()).toEqual({
      act: 'move',
      runs: ['0001-deep/001'],
      when: 'weekend'
    });
    main(1).click();
    pick('Move to tonight');
    expect(queue.asked).toHaveLength(1);
  });

  it('is moved to hours that are typed; a refusal keeps them', async () => {
    main(1).click();
    pick('Move to other hours …');
    const field = $<HTMLInputElement>('.labbook-entry input');
    expect(document.activeElement).toBe(field);
    type(field, '25:00-26:00');
    field.form!.requestSubmit();
    expect(asked()).toMatchObject({ act: 'move', when: '25:00-26:00' });
    queue.asked.at(-1)!.reject(new Error('There is no such hour.'));
    await settled();
    expect(rows()[1]!.textContent).toContain('There is no such hour.');
    expect(field.value).toBe('25:00-26:00');
    // It is not taken away while someone writes.
    queue.show({ queue: held([RUNNING, B]) });
    expect(field.isConnected).toBe(true);
    type(field, 'lunch');
    field.form!.requestSubmit();
    queue.asked.at(-1)!.resolve();
    await settled();
    expect(field.isConnected).toBe(false);
  });

  it('is taken out after a question', () => {
    main(1).focus();
    press('s');
    expect(queue.asked).toEqual([]);
    press('Escape');
    expect(document.activeElement).toBe(main(1));
    press('s');
    (document.activeElement as HTMLElement).click();
    expect(asked()).toBe('stop deep/001');
  });

  it('that executes can only be stopped', () => {
    main(0).click();
    expect(items()).toEqual(['Stop it …']);
  });

  it('says why nothing was changed', async () => {
    main(1).focus();
    press('n');
    queue.asked.at(-1)!.reject(new Error('deep/001 executes already.'));
    await settled();
    expect(rows()[1]!.querySelector('[role=alert]')!.textContent).toBe(
      'deep/001 executes already.'
    );
  });

  it('hands the focus on when it is over', () => {
    main(1).focus();
    queue.show({ queue: held([RUNNING, B]) });
    expect(document.activeElement).toBe(main(1));
    queue.show({ queue: held([]) });
    expect(document.activeElement!.textContent).toBe('Pause');
  });

  it('is one stop of Tab, and arrows go from one to the next', () => {
    expect(rows().map((_, at) => main(at).tabIndex)).toEqual([0, -1, -1]);
    main(0).focus();
    press('ArrowDown');
    press('End');
    expect(document.activeElement).toBe(main(2));
    press('Home');
    expect(document.activeElement).toBe(main(0));
  });
});

describe('pre-flight', () => {
  const check = (): HTMLButtonElement => tool(panel(), 'Check the night');

  it('begins with a button, for all or for a batch', async () => {
    queue.show({ queue: held([A], { batches: ['night-1'] }) });
    check().click();
    expect(asked()).toBe('check ');
    const which = $<HTMLSelectElement>('.labbook-checking select');
    which.value = 'night-1';
    check().click();
    expect(asked()).toBe('check night-1');
    queue.asked.at(-1)!.reject(new Error('You may execute nothing.'));
    await settled();
    expect($('.labbook-preflight > .labbook-note').textContent).toBe(
      'You may execute nothing.'
    );
  });

  it('says what is being tried, and is not begun twice', () => {
    queue.show({
      preflight: preflight({ underway: true, step: 'Trying deep/001' })
    });
    expect($('.labbook-preflight [role=status]').textContent).toBe(
      'Trying deep/001 …'
    );
    expect($('.labbook-preflight progress').hidden).toBe(false);
    check().click();
    expect(queue.asked).toEqual([]);
  });

  it('tells what is known of it in words', () => {
    const told = (): string =>
      $('.labbook-preflight [role=status]').textContent;
    queue.show({ preflight: preflight({ time: '' }) });
    expect(told()).toContain('Try each script for a minute');
    queue.show({ preflight: preflight({ unchecked: 2 }) });
    expect(told()).toContain('Checked 18:00 · nothing was found');
    expect(told()).toContain('2 experiments are not checked yet');
    queue.show({ preflight: preflight({ problem: 'It was broken off.' }) });
    expect(told()).toBe('It was broken off.');
  });

  it('shows each finding with a sign, a word and what mends it', async () => {
    queue.show({
      preflight: preflight({
        findings: [
          finding({ detail: 'Traceback <b>' }),
          finding({ severity: 'note', kind: 'capacity', remedy: '' })
        ]
      })
    });
    const [first, second] = all('.labbook-finding');
    expect(first!.querySelector('.labbook-chip')!.textContent).toBe(
      '✗ problem'
    );
    expect(second!.querySelector('.labbook-chip')!.textContent).toBe('· note');
    expect(first!.querySelector('pre')!.textContent).toBe('Traceback <b>');
    expect(second!.querySelector('button')).toBeNull();
    const take = first!.querySelector('button')!;
    expect(take.textContent).toBe('Take it out');
    expect(first!.textContent).toContain('labbook stop deep');
    take.click();
    take.click();
    expect(queue.asked.map(({ what }) => what)).toEqual(['stop deep']);
    queue.asked[0]!.resolve('deep/001 is cancelled.');
    queue.show({ preflight: preflight() });
    await settled();
    expect(spoken()).toBe('deep/001 is cancelled.');
    expect(document.activeElement).toBe(check());
  });

  it('says why a remedy failed, and lets it be tried again', async () => {
    queue.show({ preflight: preflight({ findings: [finding()] }) });
    const take = $<HTMLButtonElement>('.labbook-finding button');
    take.click();
    queue.asked[0]!.reject(new Error('It was seen to already.'));
    await settled();
    expect($('.labbook-finding [role=alert]').textContent).toBe(
      'It was seen to already.'
    );
    take.click();
    expect(queue.asked).toHaveLength(2);
  });
});

describe('what could fill the night', () => {
  it('is looked for when somebody wants to know', async () => {
    const ideas = $<HTMLDetailsElement>('.labbook-ideas');
    expect(queue.asked).toEqual([]);
    ideas.open = true;
    await settled();
    expect(asked()).toBe('evening');
    queue.asked[0]!.resolve({
      headline: 'Tonight is empty.',
      suggestions: [
        { sentence: 'An ablation.', verb: 'labbook ablate deep', where: '' },
        { sentence: 'Seeds.', verb: '%%experiment deep', where: 'a.ipynb' }
      ]
    });
    await settled();
    expect(ideas.textContent).toContain('Tonight is empty.');
    const [insert, copy] = [...ideas.querySelectorAll('button')];
    insert!.click();
    expect(inserted).toEqual(['%labbook ablate deep']);
    copy!.click();
    await settled();
    expect(copied).toEqual(['%%experiment deep']);
    expect(copy!.textContent).toBe('Copied');
  });

  it('says why nobody can tell', async () => {
    const ideas = $<HTMLDetailsElement>('.labbook-ideas');
    ideas.open = true;
    await settled();
    queue.asked[0]!.reject(new Error('There is no such zone.'));
    await settled();
    expect(ideas.textContent).toContain('There is no such zone.');
  });
});
