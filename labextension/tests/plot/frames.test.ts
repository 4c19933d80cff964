import { describe, expect, it } from 'vitest';
import { draw, leave, type Drawing } from '../../src/views/plot/frames.js';

function noted(name: string, said: string[]): Drawing {
  return {
    draw: () => said.push(`${name} drawn`),
    tell: () => said.push(`${name} told`)
  };
}

const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);

describe('a frame', () => {
  it('draws all that is due, each once, before any of it is told', async () => {
    const said: string[] = [];
    const [one, other] = [noted('one', said), noted('other', said)];
    [one, other, one].forEach(draw);
    expect(said).toEqual([]);
    await frame();
    expect(said).toEqual([
      'one drawn',
      'other drawn',
      'one told',
      'other told'
    ]);
    await frame();
    expect(said).toHaveLength(4);
  });

  it('takes what was asked for while it was drawn as due at the next', async () => {
    const said: string[] = [];
    const again = noted('again', said);
    draw({
      draw: () => undefined,
      tell: () => draw(again)
    });
    await frame();
    expect(said).toEqual([]);
    await frame();
    expect(said).toEqual(['again drawn', 'again told']);
  });

  it('leaves out what is gone', async () => {
    const said: string[] = [];
    const one = noted('one', said);
    draw(one);
    leave(one);
    await frame();
    expect(said).toEqual([]);
  });
});
