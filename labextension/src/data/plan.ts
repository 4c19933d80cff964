/** The plan as the views see it, and the one interface through which it changes. */

export type ListName =
  'experiment' | 'question' | 'assumption' | 'test' | 'framing';

export type Priority = 'high' | 'normal' | 'low';

/** What may be written below an item's text. */
export interface PlanDetails {
  expected: string;
  setup: string;
  impact: string;
}

export interface PlanItem extends PlanDetails {
  /** Derived from the item's content: an edit changes it. */
  id: string;
  list: ListName;
  text: string;
  done: boolean;
  priority: Priority;
}

export interface PlanList {
  list: ListName;
  title: string;
  items: PlanItem[];
}

export interface PlanState {
  lists: PlanList[];
  /** The file that holds the plan. */
  path: string;
  /** A sentence if that file cannot be read or has trouble, else empty. */
  problem: string;
  /** Whether changes made elsewhere show by themselves. */
  live: boolean;
}

export type EditedFields = Partial<PlanDetails & { text: string }>;

/** One thing a person does to the plan. */
export type PlanChange =
  | ({
      op: 'add';
      list: ListName;
      text: string;
      priority?: Priority;
    } & Partial<PlanDetails>)
  | { op: 'edit'; item: string; fields: EditedFields }
  | { op: 'tick'; item: string; done: boolean }
  | { op: 'priority'; item: string; priority: Priority }
  /** Before another item, or to the end where that is empty. */
  | { op: 'move'; item: string; before: string }
  | { op: 'delete'; item: string }
  | { op: 'undo' };

/** Where a plan comes from and where changes to it are stored. */
export interface PlanSource {
  readonly state: PlanState;

  /** A sentence to show while a change takes longer than a few seconds. */
  readonly slow: string;

  /** Call the listener after each new state; the result ends that. */
  subscribe(listener: () => void): () => void;

  /**
   * Ask for a change.
   *
   * The promise resolves when the change is stored and `state` shows it. It
   * rejects with an `Error` whose message is one sentence for a person.
   */
  apply(change: PlanChange): Promise<void>;
}
