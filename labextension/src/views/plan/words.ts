import type { ListName, PlanDetails, Priority } from '../../data/plan.js';

/** The five lists as `plan.md` heads them, in its order. */
export const LISTS: readonly { list: ListName; title: string }[] = [
  { list: 'experiment', title: 'Experiments' },
  { list: 'question', title: 'Questions' },
  { list: 'assumption', title: 'Assumptions to dispute' },
  { list: 'test', title: 'Code that wants unit tests' },
  { list: 'framing', title: 'Other ways to frame the problem' }
];

interface ListWords {
  /** What one writes into the field at the list's end. */
  add: string;
  /** What to do next while the list is empty. */
  empty: string;
}

export const LIST_WORDS: Record<ListName, ListWords> = {
  experiment: {
    add: 'Add an experiment',
    empty: 'Nothing planned yet. Write down what you would run next.'
  },
  question: {
    add: 'Add a question',
    empty:
      'No questions yet. Write one down, then what you expect the answer to be.'
  },
  assumption: {
    add: 'Add an assumption',
    empty: 'Nothing in doubt yet. Write down what you take for granted.'
  },
  test: {
    add: 'Add code to test',
    empty:
      'Nothing to test yet. Name the function you would least like to be wrong.'
  },
  framing: {
    add: 'Add another framing',
    empty:
      'One framing so far. Describe the problem as someone else would see it.'
  }
};

export const DETAILS: readonly {
  name: keyof PlanDetails;
  label: string;
  ask: string;
}[] = [
  {
    name: 'expected',
    label: 'Expected',
    ask: 'What do you expect the answer to be?'
  },
  { name: 'setup', label: 'Setup', ask: 'How could you find out?' },
  { name: 'impact', label: 'Impact', ask: 'What would you do differently?' }
];

/** What the priority becomes when its button is pressed. */
export const NEXT_PRIORITY: Record<Priority, Priority> = {
  normal: 'high',
  high: 'low',
  low: 'normal'
};

export const KEYS: readonly [string, string][] = [
  ['↑ ↓', 'move'],
  ['Enter or F2', 'edit'],
  ['Space', 'tick'],
  ['P', 'priority'],
  ['Alt ↑ ↓', 'reorder'],
  ['→ ←', 'details'],
  ['Delete', 'delete'],
  ['Ctrl/⌘ Z', 'undo']
];

/** How much is left, such as `2 open, 1 done`. */
export function summary(items: readonly { done: boolean }[]): string {
  const done = items.filter(item => item.done).length;
  const open = items.length - done;
  const parts = [open && `${open} open`, done && `${done} done`];
  return parts.filter(part => part).join(', ');
}

/** An item's text, short enough for a notice. */
export function quoted(text: string): string {
  const letters = Array.from(text);
  return `“${letters.length > 60 ? `${letters.slice(0, 59).join('')}…` : text}”`;
}
