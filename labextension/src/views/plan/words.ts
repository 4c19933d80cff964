import type { ListName, PlanDetails, Priority } from '../../data/plan.js';
import type { Words } from '../../data/words.js';

/** The five lists in the order of `plan.md`. */
export const LISTS: readonly ListName[] = [
  'experiment',
  'question',
  'assumption',
  'test',
  'framing'
];

interface ListWords {
  /** What heads it here; `plan.md` has headings of its own. */
  title: string;
  /** What one writes into the field at the list's end. */
  add: string;
  /** What to do next while the list is empty. */
  empty: string;
}

export const listWords = (trans: Words): Record<ListName, ListWords> => ({
  experiment: {
    title: trans.__('Experiments'),
    add: trans.__('Add an experiment'),
    empty: trans.__('Nothing planned yet. Write down what you would run next.')
  },
  question: {
    title: trans.__('Questions'),
    add: trans.__('Add a question'),
    empty: trans.__(
      'No questions yet. Write one down, then what you expect the answer to be.'
    )
  },
  assumption: {
    title: trans.__('Assumptions to dispute'),
    add: trans.__('Add an assumption'),
    empty: trans.__(
      'Nothing in doubt yet. Write down what you take for granted.'
    )
  },
  test: {
    title: trans.__('Code that wants unit tests'),
    add: trans.__('Add code to test'),
    empty: trans.__(
      'Nothing to test yet. Name the function you would least like to be wrong.'
    )
  },
  framing: {
    title: trans.__('Other ways to frame the problem'),
    add: trans.__('Add another framing'),
    empty: trans.__(
      'One framing so far. Describe the problem as someone else would see it.'
    )
  }
});

export const details = (
  trans: Words
): { name: keyof PlanDetails; label: string; ask: string }[] => [
  {
    name: 'expected',
    label: trans.__('Expected'),
    ask: trans.__('What do you expect the answer to be?')
  },
  {
    name: 'setup',
    label: trans.__('Setup'),
    ask: trans.__('How could you find out?')
  },
  {
    name: 'impact',
    label: trans.__('Impact'),
    ask: trans.__('What would you do differently?')
  }
];

/** A priority as a word. */
export const priorityWord = (priority: Priority, trans: Words): string =>
  ({
    high: trans.__('high'),
    normal: trans.__('normal'),
    low: trans.__('low')
  })[priority];

/** What the priority becomes when its button is pressed. */
export const NEXT_PRIORITY: Record<Priority, Priority> = {
  normal: 'high',
  high: 'low',
  low: 'normal'
};

export const keyWords = (trans: Words): [string, string][] => [
  ['↑ ↓', trans.__('move')],
  [trans.__('Enter or F2'), trans.__('edit')],
  [trans.__('Space'), trans.__('tick')],
  ['P', trans.__('priority')],
  ['Alt ↑ ↓', trans.__('reorder')],
  ['→ ←', trans.__('details')],
  [trans.__('Delete'), trans.__('delete')],
  ['Ctrl/⌘ Z', trans.__('undo')]
];

/** How much is left, such as `2 open, 1 done`. */
export function summary(
  items: readonly { done: boolean }[],
  trans: Words
): string {
  const done = items.filter(item => item.done).length;
  const open = items.length - done;
  const parts = [
    open && trans.__('%1 open', open),
    done && trans.__('%1 done', done)
  ];
  return parts.filter(part => part).join(', ');
}

/** An item's text, short enough for a notice. */
export function quoted(text: string): string {
  const letters = Array.from(text);
  return `“${letters.length > 60 ? `${letters.slice(0, 59).join('')}…` : text}”`;
}
