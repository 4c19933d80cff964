import { describe, expect, it } from 'vitest';
import { matchRows, type Item, type Shown } from '../src/views/plan/match.js';

const row = (id: string, held = false, text = id): Shown => ({
  id,
  text,
  held
});
const items = (...ids: string[]): Item[] => ids.map(id => ({ id, text: id }));

describe('matchRows', () => {
  it('follows ids into another order', () => {
    expect(matchRows([row('a'), row('b')], items('b', 'c', 'a'))).toEqual([
      1, -1, 0
    ]);
  });

  it('gives a held row the item with the text it wishes for', () => {
    const rows = [row('a'), row('b', true, 'B'), row('', true, 'new')];
    expect(matchRows(rows, items('a', 'new', 'B'))).toEqual([0, 2, 1]);
  });

  it('gives a held row the only other item of its gap', () => {
    const rows = [row('a'), row('b', true, 'typing'), row('c')];
    expect(matchRows(rows, items('a', 'b2', 'c'))).toEqual([0, 1, 2]);
  });

  it('gives a held row no item of another gap', () => {
    const rows = [row('a'), row('b', true, 'typing'), row('c')];
    expect(matchRows(rows, items('a', 'c', 'd'))).toEqual([0, 2, -1]);
  });

  it('gives a row that nobody holds to its own id alone', () => {
    expect(matchRows([row('a')], items('b'))).toEqual([-1]);
  });
});
