/** Which row on the screen shows which item of a new state. */

export interface Shown {
  /** Id of the item that the row showed last; empty while it is being added. */
  id: string;
  /** The text that the row shows, its author's latest wish included. */
  text: string;
  /** Whether someone types in the row, or it waits for a change to be stored. */
  held: boolean;
}

export interface Item {
  id: string;
  text: string;
}

/**
 * Pair items with rows.
 *
 * Ids follow an item's content, so an edit changes them. An item belongs to the
 * row with its id; else to a held row that wishes for its text; else to a held
 * row in the same gap between two pairs already found.
 *
 * @returns For each item the index of its row, or -1 for a new row.
 */
export function matchRows(
  rows: readonly Shown[],
  items: readonly Item[]
): number[] {
  const found = new Array<number>(items.length).fill(-1);
  const free = new Set(rows.keys());
  const pair = (item: number, row: number | undefined): void => {
    if (row !== undefined) {
      found[item] = row;
      free.delete(row);
    }
  };
  const first = (wanted: (row: Shown) => boolean): number | undefined =>
    [...free].find(index => wanted(rows[index]!));

  items.forEach((item, index) =>
    pair(
      index,
      first(row => row.id === item.id)
    )
  );
  items.forEach((item, index) => {
    if (found[index] === -1) {
      pair(
        index,
        first(row => row.held && row.text === item.text)
      );
    }
  });
  items.forEach((_, index) => {
    if (found[index] === -1) {
      const [low, high] = gap(found, index, rows.length);
      pair(
        index,
        [...free].find(row => row > low && row < high && rows[row]!.held)
      );
    }
  });
  return found;
}

/** The rows between which an unpaired item lies. */
function gap(
  found: readonly number[],
  index: number,
  end: number
): [number, number] {
  const before = found.slice(0, index).filter(row => row !== -1);
  const after = found.slice(index + 1).find(row => row !== -1);
  return [before.at(-1) ?? -1, after ?? end];
}
