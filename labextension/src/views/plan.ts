import type {
  ListName,
  PlanChange,
  PlanItem,
  PlanSource
} from '../data/plan.js';
import { english, type Words } from '../data/words.js';
import { focused, h, setText } from './dom.js';
import { keepKeys, passOn } from './keys.js';
import { ListView } from './plan/list.js';
import type { RowHost, RowView } from './plan/row.js';
import { Snackbar } from './plan/snackbar.js';
import { keyWords, LISTS, quoted, summary } from './plan/words.js';

/** How long a change may take before the view says why it is not stored. */
const SLOW_AFTER = 3_000;

const STEPS: Record<string, -1 | 1> = { ArrowUp: -1, ArrowDown: 1 };

/** What the view's host can do. */
export interface PlanHost {
  /** Begin an experiment with an item; absent where no notebook can take it. */
  makeExperiment?: (item: PlanItem) => void;
  words?: Words;
}

/** The five planning lists: `node` is the view, `dispose` ends it. */
export class PlanView {
  readonly node: HTMLElement;

  constructor(
    source: PlanSource,
    { makeExperiment, words = english }: PlanHost = {}
  ) {
    this._source = source;
    this._words = words;
    this._snackbar = new Snackbar(words.__('Undo'), () => this.undo());
    this._problem = h('p', { class: 'labbook-problem', role: 'alert' });
    this._count = h('span', { class: 'labbook-count' });
    this._path = h('span', { class: 'labbook-path' });
    this._status = h('span', { class: 'labbook-status', role: 'status' });
    this._spoken = h('div', { class: 'labbook-spoken', role: 'status' });
    const host: RowHost = {
      words,
      ...(makeExperiment && { makeExperiment }),
      before: (row, step) => this._lists.get(row.list)!.before(row, step),
      say: sentence => this._say(sentence),
      apply: change => this._apply(change),
      settled: () => this._draw(),
      tell: sentence => this._tell(sentence),
      leave: row => this._leave(row),
      deleted: (item, stored) => void this._deleted(item, stored)
    };
    this._lists = new Map(LISTS.map(list => [list, new ListView(list, host)]));
    this.node = h(
      'section',
      {
        class: 'labbook labbook-plan',
        'aria-label': words.__('Plan')
      },
      h('header', {}, h('h2', {}, words.__('Plan')), this._count),
      this._problem,
      h(
        'div',
        { class: 'labbook-lists' },
        ...[...this._lists.values()].map(list => list.node)
      ),
      h('footer', {}, this._path, this._status, keys(!!makeExperiment, words)),
      this._snackbar.node,
      this._spoken
    );
    this.node.addEventListener('focusin', keepKeys);
    this.node.addEventListener('keydown', event => this._onKey(event));
    this._unsubscribe = source.subscribe(() => this._draw());
    this._draw();
  }

  /** Take back the last deletion made here. */
  undo(): void {
    const last = this._deletions.pop();
    if (!last) {
      this._say(this._words.__('Nothing to take back.'));
      return;
    }
    this._snackbar.show(
      this._words.__('Bringing back %1', quoted(last.text)),
      false
    );
    this._apply({ op: 'undo' }).then(
      () => {
        this._snackbar.hide();
        this._say(this._words.__('%1 is back.', quoted(last.text)));
        this._lists.get(last.list)?.rowWith(last.text)?.focus();
      },
      (error: Error) => {
        this._deletions.push(last);
        this._tell(error.message, true);
      }
    );
  }

  dispose(): void {
    this._unsubscribe();
    this._snackbar.hide();
    for (const timer of this._timers) {
      clearTimeout(timer);
    }
    this.node.remove();
  }

  private _draw(): void {
    const { lists, path, problem, live } = this._source.state;
    const items = lists.flatMap(list => list.items);
    setText(this._count, summary(items, this._words));
    setText(this._problem, problem);
    this._problem.hidden = !problem;
    setText(this._path, path);
    this._path.title = path;
    for (const list of LISTS) {
      const found = lists.find(each => each.list === list);
      this._lists.get(list)!.update(found?.items ?? []);
    }
    const status = live
      ? ''
      : this._words.__('Not live: changes made elsewhere may be missing.');
    setText(this._status, this._late > 0 ? this._source.slow : status);
  }

  private async _apply(change: PlanChange): Promise<void> {
    let late = 0;
    const timer = setTimeout(() => {
      late = 1;
      this._late += 1;
      this._draw();
    }, SLOW_AFTER);
    this._timers.add(timer);
    try {
      await this._source.apply(change);
    } finally {
      clearTimeout(timer);
      this._timers.delete(timer);
      if (late) {
        this._late -= late;
        this._draw();
      }
    }
  }

  private async _deleted(
    item: PlanItem,
    stored: Promise<boolean>
  ): Promise<void> {
    // Counted now: an undo may follow before the answer, and is stored after it.
    this._deletions.push(item);
    if (!(await stored)) {
      this._deletions = this._deletions.filter(each => each !== item);
    } else if (this._deletions.includes(item)) {
      this._snackbar.show(this._words.__('Deleted %1', quoted(item.text)));
      this._say(
        this._words.__(
          'Deleted %1. Control Z brings it back.',
          quoted(item.text)
        )
      );
    }
  }

  private _say(sentence: string): void {
    setText(this._spoken, sentence);
  }

  private _tell(sentence: string, acts = false): void {
    this._snackbar.show(sentence, acts);
    this._say(sentence);
  }

  private _leave(row: RowView): void {
    if (!row.node.contains(focused(this.node))) {
      return;
    }
    const stops = this._lists.get(row.list)!.stops;
    const index = stops.indexOf(row);
    const next = stops[index + 1];
    const isField = next === this._lists.get(row.list)!.field;
    ((isField && stops[index - 1]) || next)?.focus();
  }

  private _onKey(event: KeyboardEvent): void {
    const accel = event.ctrlKey || event.metaKey;
    const target = event.target as HTMLElement;
    const typing = target instanceof HTMLTextAreaElement && target.value !== '';
    if (accel && event.key === 's') {
      passOn(event, this.node);
    } else if (accel && event.key === 'z' && !event.shiftKey && !typing) {
      event.preventDefault();
      this.undo();
    } else if (!accel && event.altKey && !event.shiftKey) {
      this._reorder(event);
    } else if (!accel && !event.altKey && !event.isComposing) {
      const list = [...this._lists.values()].find(each =>
        each.node.contains(target)
      );
      const row = list?.rowOf(target);
      const field = target instanceof HTMLTextAreaElement;
      const free = !field || (!row && !target.value);
      if (
        (free && this._move(event.key, target)) ||
        (!field && row?.key(event))
      ) {
        event.preventDefault();
      }
    }
    event.stopPropagation();
  }

  private _reorder(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const step = STEPS[event.key];
    const lists = [...this._lists.values()];
    const row = lists.map(list => list.rowOf(target)).find(each => each);
    if (step && row) {
      // From its text too: a click on a row is what begins to edit it.
      row.move(step);
      event.preventDefault();
    }
  }

  /** Move the focus by an arrow key, through all lists and their fields. */
  private _move(key: string, target: HTMLElement): boolean {
    const step = STEPS[key];
    if (step === undefined) {
      return false;
    }
    const stops = [...this._lists.values()].flatMap(list => list.stops);
    const here = stops.findIndex(
      stop =>
        stop === target ||
        ('node' in stop && (stop as RowView).node.contains(target))
    );
    if (here !== -1) {
      stops[here + step]?.focus();
    }
    return here !== -1;
  }

  private _source: PlanSource;
  private _words: Words;
  private _unsubscribe: () => void;
  private _lists: Map<ListName, ListView>;
  private _deletions: PlanItem[] = [];
  private _timers = new Set<ReturnType<typeof setTimeout>>();
  private _late = 0;
  private _snackbar: Snackbar;
  private _problem: HTMLElement;
  private _count: HTMLElement;
  private _path: HTMLElement;
  private _status: HTMLElement;
  private _spoken: HTMLElement;
}

function keys(startable: boolean, words: Words): HTMLElement {
  const list = h('dl', {});
  for (const [key, meaning] of [
    ...keyWords(words),
    ...(startable ? [['E', words.__('make it an experiment')] as const] : [])
  ]) {
    list.append(h('div', {}, h('dt', {}, key), h('dd', {}, meaning)));
  }
  return h(
    'details',
    { class: 'labbook-keys' },
    h('summary', {}, words.__('Keys')),
    list
  );
}
