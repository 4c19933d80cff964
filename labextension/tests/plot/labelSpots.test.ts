import { describe, expect, it } from 'vitest';
import { clearSpot, type Pixel } from '../../src/views/plot/labelSpots.js';

const within = { left: 0, top: 0, width: 400, height: 200 };
const size = { width: 80, height: 12 };

function spot(level: number, ink: Pixel[]): [left: number, top: number] {
  const { left, top } = clearSpot(level, size, within, ink, 2);
  return [left, top];
}

/** Ink all along a height, from one place to another. */
function stroke(from: number, to: number, height: number): Pixel[] {
  return Array.from({ length: 81 }, (_, at) => [
    from + (at / 80) * (to - from),
    height
  ]);
}

describe('the words of a level', () => {
  it('stand above its right end where nothing is drawn', () => {
    expect(spot(100, [])).toEqual([320, 86]);
  });

  it('go to the left end, then below, then along the line', () => {
    const right = stroke(320, 400, 95);
    expect(spot(100, right)).toEqual([0, 86]);
    const above = stroke(0, 400, 95);
    expect(spot(100, above)).toEqual([320, 102]);
    const below = [...stroke(0, 100, 105), ...stroke(300, 400, 105)];
    expect(spot(100, [...above, ...below])).toEqual([200, 102]);
  });

  it('never leave the plot', () => {
    expect(spot(4, [])).toEqual([320, 6]);
    expect(spot(4, stroke(0, 400, 10))[1]).toBe(6);
    expect(spot(198, stroke(0, 400, 190))[1]).toBe(184);
  });

  it('hide as little as they can where lines are everywhere', () => {
    const rows = [90, 105].flatMap(height => stroke(0, 400, height));
    expect(spot(100, [...rows, ...stroke(100, 400, 92)])).toEqual([0, 86]);
  });
});
