import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { row } from '../labbookSource.js';
import { settle } from '../source.js';
import {
  $,
  all,
  FULL,
  open,
  opened,
  press,
  source,
  tab,
  tool,
  type,
  view
} from './page.js';

beforeEach(() => open());
afterEach(() => {
  view.dispose();
  vi.useRealTimers();
});

describe('the whole labbook', () => {
  const cards = (): HTMLElement[] => all('.labbook-card');
  const field = (): HTMLInputElement =>
    $<HTMLInputElement>('.labbook-search input');
  const answer = async (
    at: number,
    count: number,
    cursor = ''
  ): Promise<void> => {
    const found = Array.from({ length: count }, (_, index) =>
      row(index, `e${at}-${index}`, {
        ...{ conclusion: 'Learned <i>it</i>.', hypothesis: 'h' },
        ...{ tags: ['digits'], verdicts: ['supported'] }
      })
    );
    source.answers[at]!.resolve({ rows: found, total: 120, cursor });
    await settle();
  };

  beforeEach(() => {
    source.show(FULL);
    tab('Labbook').click();
  });

  it('is shown newest first until someone searches', async () => {
    expect(source.searches).toEqual([['', undefined]]);
    await answer(0, 2);
    expect(cards()).toHaveLength(2);
    expect(cards()[0]!.textContent).toContain('Learned Learned <i>it</i>.');
    expect($('.labbook-found').textContent).toBe('120 experiments');
    cards()[1]!.querySelector('button')!.click();
    expect(opened.map(each => each.name)).toEqual(['e0-1']);
  });

  it('is searched after a pause; a late answer changes nothing', async () => {
    vi.useFakeTimers();
    type(field(), 'forest');
    vi.runAllTimers();
    vi.useRealTimers();
    expect(source.searches.at(-1)).toEqual(['forest', undefined]);
    await answer(1, 1);
    await answer(0, 5);
    expect(cards()).toHaveLength(1);
  });

  it('goes on where the last page ended, and goes there', async () => {
    await answer(0, 2, 'next');
    tool($('.labbook-search'), 'More').click();
    expect(source.searches.at(-1)).toEqual(['', 'next']);
    await answer(1, 2);
    expect(cards()).toHaveLength(4);
    expect(cards()[2]!.contains(document.activeElement)).toBe(true);
    expect($('.labbook-search > .labbook-more').hidden).toBe(true);
  });

  it('says why a search failed, and that nothing was found', async () => {
    source.answers[0]!.reject(new Error('The server does not answer.'));
    await settle();
    expect($('.labbook-search > .labbook-note').textContent).toBe(
      'The server does not answer.'
    );
    field().value = 'xyz';
    field().focus();
    press('Enter');
    source.answers[1]!.resolve({ rows: [], total: 0, cursor: '' });
    await settle();
    expect($('.labbook-search > .labbook-note').hidden).toBe(true);
    expect($('.labbook-found').textContent).toContain('Nothing found');
  });

  it('is walked through by the arrow keys', async () => {
    await answer(0, 3);
    field().focus();
    press('ArrowDown');
    press('ArrowDown');
    expect(cards()[1]!.contains(document.activeElement)).toBe(true);
    const stops = all('.labbook-card-main').map(each => each.tabIndex);
    expect(stops).toEqual([-1, 0, -1]);
    press('End');
    press('Home');
    press('ArrowUp');
    expect(document.activeElement).toBe(field());
    press('/');
    expect(document.activeElement).toBe(field());
  });

  it('is searched by a tag', async () => {
    await answer(0, 1);
    tool(cards()[0]!, 'Search for digits').click();
    expect(source.searches.at(-1)).toEqual(['digits', undefined]);
    expect(field().value).toBe('digits');
  });

  it('follows what happens, unless its reader has gone further', async () => {
    await answer(0, 2, 'next');
    source.show({ ...FULL, counts: { running: 9 } });
    expect(source.searches).toHaveLength(2);
    await answer(1, 2, 'next');
    tool($('.labbook-search'), 'More').click();
    await answer(2, 2);
    source.show({ ...FULL, counts: { running: 8 } });
    expect(source.searches).toHaveLength(3);
  });

  it('says that an experiment came from no notebook', async () => {
    const found = [row(1, 'cli', { notebook: '' })];
    source.answers[0]!.resolve({ rows: found, total: 1, cursor: '' });
    await settle();
    cards()[0]!.querySelector('button')!.click();
    expect($('.labbook-search > .labbook-note').textContent).toContain(
      'cli: It was not started from a notebook'
    );
    expect(opened).toEqual([]);
  });
});
