/** Where the words of a level are put, so that they hide nothing. */

/** A place on the canvas, in its pixels. */
export type Pixel = readonly [x: number, y: number];

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Places along a level: its right end, its left end, then between them. */
const ALONG = [1, 0, ...[7, 6, 5, 4, 3, 2, 1].map(eighths => eighths / 8)];

/**
 * Choose the place beside a level's line where least is drawn.
 *
 * The rule of the pictures that Python draws, with more places along the line.
 *
 * @param ink What is drawn.
 * @param gap Distance of the words from the line.
 */
export function clearSpot(
  level: number,
  size: { width: number; height: number },
  within: Box,
  ink: readonly Pixel[],
  gap: number
): Box {
  const { width, height } = size;
  const free = Math.max(0, within.width - width);
  const floor = within.top + within.height;
  const spots = [level - gap - height, level + gap].flatMap(top =>
    ALONG.map(share => ({ left: within.left + share * free, top, ...size }))
  );
  const cost = ({ left, top }: Box): number => {
    const outside = top < within.top || top + height > floor;
    const hit = ink.filter(
      ([x, y]) =>
        x >= left && x <= left + width && y >= top && y <= top + height
    );
    return (outside ? ink.length + 1 : 0) + hit.length;
  };
  const costs = spots.map(cost);
  return spots[costs.indexOf(Math.min(...costs))]!;
}
