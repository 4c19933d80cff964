/** Colours of lines: told apart by the colour-blind, on white and on black. */

/** How the lines of one group are drawn. */
export interface Pen {
  colour: string;
  /** Lengths of strokes and gaps; empty: one stroke. */
  dash: readonly number[];
  /** One of so many that only their bundle is seen, or not to count. */
  faint: boolean;
}

/** The colours of the pictures that Python draws, so that a run keeps its own. */
export const DISTINCT = [
  '#2f74d0',
  '#df7b00',
  '#0e9a74',
  '#cc62a8',
  '#b8322a',
  '#2b9fc4',
  '#6d51fb',
  '#7d6a4f'
] as const;

export const DASHES: readonly (readonly number[])[] = [
  [],
  [6, 4],
  [2, 3],
  [9, 3, 2, 3]
];

const RAMP = [
  [0x2f, 0x74, 0xd0],
  [0x7a, 0x5c, 0xc4],
  [0xb4, 0x56, 0xa6],
  [0xd0, 0x5c, 0x74],
  [0xdf, 0x7b, 0x00]
] as const;

/** Groups beyond this many are not told apart by their pens. */
const MOST_TOLD_APART = DISTINCT.length * DASHES.length;

/**
 * Choose a pen for each group.
 *
 * `ordered` groups are the rising values of one number: many of them get a ramp
 * of colours, which says more than colours without an order.
 */
export function pens(count: number, ordered = false): Pen[] {
  const faint = count > MOST_TOLD_APART;
  return Array.from({ length: count }, (_, index) => {
    if (ordered && count > DISTINCT.length) {
      return { colour: ramp(index / (count - 1)), dash: DASHES[0]!, faint };
    }
    const turn = Math.floor(index / DISTINCT.length) % DASHES.length;
    return {
      colour: DISTINCT[index % DISTINCT.length]!,
      dash: faint ? DASHES[0]! : DASHES[turn]!,
      faint
    };
  });
}

/**
 * Choose a pen for each group where dashes tell something else.
 *
 * Colours alone: distinct ones as long as they last, then a ramp.
 */
export function colours(count: number): string[] {
  return pens(count, count > DISTINCT.length).map(pen => pen.colour);
}

/** The pen for what repeats a group: its colour, with strokes of its own. */
export function repeated(pen: Pen, groups: number, times: number): Pen {
  const turns = Math.ceil(groups / DISTINCT.length);
  const turn = DASHES.indexOf(pen.dash) + turns * times;
  return { ...pen, dash: DASHES[turn % DASHES.length]! };
}

/** The pen for what does not count any more: thin, dotted, and held back. */
export function dimmed(pen: Pen): Pen {
  return { ...pen, dash: DASHES[2]!, faint: true };
}

function ramp(place: number): string {
  const scaled = place * (RAMP.length - 1);
  const left = Math.min(Math.floor(scaled), RAMP.length - 2);
  const [from, to] = [RAMP[left]!, RAMP[left + 1]!];
  const mixed = from.map((channel, index) =>
    Math.round(channel + (to[index]! - channel) * (scaled - left))
  );
  return `#${mixed.map(each => each.toString(16).padStart(2, '0')).join('')}`;
}
