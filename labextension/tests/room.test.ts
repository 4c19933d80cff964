import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Room } from '../src/plugin/room.js';
import { h } from '../src/views/dom.js';

let kept: Map<string, string>;
let node: HTMLElement;
let room: Room;

beforeEach(() => {
  kept = new Map();
  node = h('div', {});
  room = new Room(node, {
    get: key => kept.get(key) ?? null,
    set: (key, value) => void (value === null || kept.set(key, value))
  });
});

afterEach(() => vi.useRealTimers());

describe('the room of a view', () => {
  it('is not kept free before anybody knows how much it is', () => {
    room.reserve('a');
    expect(node.style.minHeight).toBe('');
  });

  it.each(['many', '-3', '1e9', 'NaN'])('ignores a height of %s', height => {
    kept.set('height:a', height);
    room.reserve('a');
    expect(node.style.minHeight).toBe('');
  });

  it('is what the view took the last time, until it is there again', () => {
    vi.useFakeTimers();
    kept.set('height:a', '640');
    room.reserve('a');
    expect(node.style.minHeight).toBe('640px');
    room.fill(h('div', {}));
    expect(node.style.minHeight).toBe('640px');
    vi.runAllTimers();
    expect(node.style.minHeight).toBe('');
  });

  it('is given back at once where there is no view', () => {
    kept.set('height:a', '640');
    room.reserve('a');
    room.release();
    expect(node.style.minHeight).toBe('');
  });

  it('is that of the view it is reserved for', () => {
    kept.set('height:a', '640');
    room.reserve('a');
    room.reserve('b');
    expect(node.style.minHeight).toBe('');
  });
});
