/** Numbers that look random and are the same each time (mulberry32). */
export interface Random {
  below(limit: number): number;
  pick<T>(from: readonly T[]): T;
}

export function random(seed: number): Random {
  let state = seed;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return { below, pick: from => from[below(from.length)]! };
}
