import type {
  PlanChange,
  PlanItem,
  PlanList,
  PlanSource,
  PlanState
} from '../src/data/plan.js';
import { LISTS } from '../src/views/plan/words.js';

interface Asked {
  change: PlanChange;
  resolve: () => void;
  reject: (error: Error) => void;
}

export function item(
  list: PlanItem['list'],
  text: string,
  more: Partial<PlanItem> = {}
): PlanItem {
  return {
    id: `${list}:${text}`,
    list,
    text,
    done: false,
    priority: 'normal',
    expected: '',
    setup: '',
    impact: '',
    ...more
  };
}

/** A plan in memory that answers when a test says so. */
export class HeldSource implements PlanSource {
  readonly slow = 'Busy; stored when it answers.';
  readonly asked: Asked[] = [];
  path = 'labbook/plan.md';
  problem = '';
  live = true;

  constructor(public items: PlanItem[] = []) {}

  get state(): PlanState {
    const lists: PlanList[] = LISTS.map(list => ({
      list,
      title: `As plan.md heads ${list}`,
      items: this.items.filter(each => each.list === list)
    }));
    return { lists, path: this.path, problem: this.problem, live: this.live };
  }

  subscribe(listener: () => void): () => void {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  get listeners(): number {
    return this._listeners.size;
  }

  apply(change: PlanChange): Promise<void> {
    return new Promise((resolve, reject) => {
      this.asked.push({ change, resolve, reject });
    });
  }

  /** A new state, whoever made it. */
  show(items: PlanItem[]): void {
    this.items = items;
    this._listeners.forEach(listener => listener());
  }

  /** Store the oldest change as `items` has it, and say so. */
  async store(items: PlanItem[]): Promise<void> {
    this.show(items);
    this.asked.shift()!.resolve();
    await settle();
  }

  async refuse(sentence: string): Promise<void> {
    this.asked.shift()!.reject(new Error(sentence));
    await settle();
  }

  private _listeners = new Set<() => void>();
}

/** Let every promise that can go on do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
}
