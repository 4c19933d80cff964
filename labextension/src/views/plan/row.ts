import type {
  EditedFields,
  ListName,
  PlanChange,
  PlanItem
} from '../../data/plan.js';
import { focused } from '../dom.js';
import { endsLine, growingField, type GrowingField } from '../growing.js';
import { DetailsView } from './details.js';
import type { Words } from '../../data/words.js';
import type { Shown } from './match.js';
import { RowParts } from './rowParts.js';
import { NEXT_PRIORITY, quoted } from './words.js';

/** What a row needs from the view around it. */
export interface RowHost {
  words: Words;
  apply(change: PlanChange): Promise<void>;
  /** A change was answered, or a row let go: compare rows and state again. */
  settled(): void;
  /** Begin an experiment with an item; absent where no notebook can take it. */
  makeExperiment?(item: PlanItem): void;
  /**
   * Which item a row comes to stand before by a step up or down: an id, nothing
   * for the list's end, or null where it cannot go further.
   */
  before(row: RowView, step: -1 | 1): string | null;
  /** Say something without showing it. */
  say(sentence: string): void;
  /** Say something that no row is left to say. */
  tell(sentence: string): void;
  /** A row is about to go: move the focus to its neighbour. */
  leave(row: RowView): void;
  /** A deletion was asked for; `stored` tells how it ended. */
  deleted(item: PlanItem, stored: Promise<boolean>): void;
}

type Wish = Partial<PlanItem> | 'gone';

/** One item: what is stored, under what its reader has asked for since. */
export class RowView {
  constructor(item: PlanItem, stored: boolean, host: RowHost) {
    this._item = item;
    this._stored = stored;
    this._host = host;
    this._parts = new RowParts(host.words);
    this._parts.check.addEventListener('change', () => this._tick());
    this._parts.text.addEventListener('click', () => this.edit());
    this._parts.edit.addEventListener('click', () => this.edit());
    this._parts.remove.addEventListener('click', () => this._delete());
    this._parts.priority.addEventListener('click', () => this._raise());
    this._parts.up.addEventListener('click', () => this.move(-1));
    this._parts.down.addEventListener('click', () => this.move(1));
    if (this._startable) {
      this._parts.offer(() => this._make());
    }
    this._draw();
  }

  get node(): HTMLLIElement {
    return this._parts.node;
  }

  get list(): ListName {
    return this._item.list;
  }

  /** How the row takes part in the matching of rows and items. */
  get shown(): Shown {
    return {
      id: this._stored ? this._item.id : '',
      text: this._wished().text,
      held: this._held
    };
  }

  get going(): boolean {
    return this._wishes.includes('gone');
  }

  /** Whether the row stays although the state has no such item. */
  get keeps(): boolean {
    return this._held && !this.going;
  }

  /** Show the item of a new state; null: it has none for this row. */
  update(item: PlanItem | null): void {
    if (item === null) {
      if (this._stored && this._editor) {
        this._parts.say(
          this._host.words.__(
            'Removed elsewhere; Enter adds your text again, Escape lets it go.'
          )
        );
      }
      this._stored = false;
    } else {
      if (this._editor && this._stored && item.text !== this._item.text) {
        this._parts.say(
          this._host.words.__(
            'Changed elsewhere to %1; Enter keeps your text.',
            quoted(item.text)
          )
        );
      }
      this._item = item;
      this._stored = true;
    }
    this._draw();
  }

  /** Whether Tab stops here: one row of each list does. */
  setStop(stop: boolean): void {
    this._parts.setStop(stop);
  }

  focus(): void {
    (this._editor?.input ?? this._parts.check).focus();
  }

  /** Store the row's own item, which the person has just written. */
  add(): void {
    const { list, text, priority, expected, setup, impact } = this._wished();
    const content = { list, text, priority, expected, setup, impact };
    void this._submit(
      content,
      () => ({ op: 'add', ...content }),
      () => this.edit(content.text, false)
    );
  }

  /** Edit in place; without an own text, what the row shows. */
  edit(text = this._wished().text, focus = true): void {
    if (this._editor) {
      return;
    }
    const editor = growingField({
      class: 'labbook-edit',
      'aria-label': this._host.words.__('Text')
    });
    this._editor = editor;
    editor.value = text;
    this._parts.text.replaceWith(editor.node);
    this.node.classList.add('labbook-editing');
    editor.input.addEventListener('keydown', event => {
      if (endsLine(event)) {
        event.preventDefault();
        this._commit();
      } else if (event.key === 'Escape') {
        this._cancel();
      }
    });
    editor.input.addEventListener('blur', () => {
      // The window lost the focus, not the field; or text waits for a retry.
      if (
        this._editor === editor &&
        focused(editor.node) !== editor.input &&
        this._stored
      ) {
        this._commit();
      }
    });
    if (focus) {
      editor.input.focus();
      editor.input.setSelectionRange(text.length, text.length);
    }
  }

  /** Change places with the item above or below. */
  move(step: -1 | 1): void {
    if (!this._stored || this._host.before(this, step) === null) {
      return;
    }
    void this._submit({}, item => ({
      ...{ op: 'move', item },
      before: this._host.before(this, step) ?? ''
    })).then(stored => {
      if (stored) {
        const { words } = this._host;
        this._host.say(
          step < 0 ? words.__('Moved up.') : words.__('Moved down.')
        );
      }
    });
  }

  /** A key pressed on the row itself; true if it meant something. */
  key(event: KeyboardEvent): boolean {
    const details = this._details;
    const actions: Record<string, (() => void) | undefined> = {
      F2: () => this.edit(),
      Delete: () => this._delete(),
      Backspace: () => this._delete(),
      p: () => this._raise(),
      ...(this._startable && { e: () => this._make() }),
      ...(details && {
        ArrowRight: () => details.fold(false),
        ArrowLeft: () => details.fold(true)
      })
    };
    if (event.target === this._parts.check) {
      actions.Enter = () => this.edit();
    }
    const act = actions[event.key];
    act?.();
    return act !== undefined;
  }

  /** Whether an experiment can be begun with the item. */
  private get _startable(): boolean {
    return (
      this._host.makeExperiment !== undefined &&
      ['experiment', 'question'].includes(this.list)
    );
  }

  private get _held(): boolean {
    return (
      this._editor !== null ||
      this._wishes.length > 0 ||
      (this._details?.dirty ?? false)
    );
  }

  private _wished(): PlanItem {
    const fields = this._wishes.filter(wish => wish !== 'gone');
    return Object.assign({}, this._item, ...fields) as PlanItem;
  }

  private _tick(): void {
    const done = this._parts.check.checked;
    void this._submit({ done }, item => ({ op: 'tick', item, done }));
  }

  private _raise(): void {
    const priority = NEXT_PRIORITY[this._wished().priority];
    void this._submit({ priority }, item => ({
      op: 'priority',
      item,
      priority
    }));
  }

  private _make(): void {
    this._host.makeExperiment?.(this._wished());
  }

  private _delete(): void {
    if (this.going) {
      return;
    }
    this._host.leave(this);
    if (!this._stored && !this._wishes.length) {
      this._cancel();
      return;
    }
    const item = this._wished();
    this._host.deleted(
      item,
      this._submit('gone', id => ({ op: 'delete', item: id }))
    );
  }

  private _commit(): void {
    const text = this._editor?.value ?? '';
    const had = this._endEdit();
    if (!this._stored && text) {
      this._item = { ...this._wished(), text };
      this.add();
    } else if (!this._stored) {
      this._host.leave(this);
      this._host.settled();
    } else if (text && text !== this._wished().text) {
      this._change({ text }, () =>
        this.edit(text, had && focused(this.node) === this._parts.check)
      );
    }
  }

  private _cancel(): void {
    if (!this._stored) {
      this._host.leave(this);
    }
    this._endEdit();
    this._host.settled();
  }

  /** Put the text back in the field's place; true if the field had the focus. */
  private _endEdit(): boolean {
    const editor = this._editor;
    if (!editor) {
      return false;
    }
    const had = focused(this.node) === editor.input;
    this._editor = null;
    this.node.classList.remove('labbook-editing');
    editor.node.replaceWith(this._parts.text);
    this._parts.say('');
    this._draw();
    if (had) {
      this._parts.check.focus();
    }
    return had;
  }

  private _change(fields: EditedFields, refused: () => void): void {
    void this._submit(fields, item => ({ op: 'edit', item, fields }), refused);
  }

  /**
   * Wish for something until it is stored or refused.
   *
   * A row's changes go out one after the other: an edit gives the item another
   * id, which the next change has to name.
   */
  private async _submit(
    wish: Wish,
    change: (id: string) => PlanChange,
    refused?: () => void
  ): Promise<boolean> {
    if (
      !this._stored &&
      !this._wishes.length &&
      wish !== 'gone' &&
      !wish.text
    ) {
      // A refused text waits for another try: the rest goes along with it then.
      this._item = { ...this._item, ...wish, done: false };
      this._draw();
      return true;
    }
    this._wishes.push(wish);
    this._parts.say('');
    this._draw();
    const turn = this._turn.then(() => this._host.apply(change(this._item.id)));
    this._turn = turn.catch(() => undefined);
    let refusal = '';
    try {
      await turn;
    } catch (error) {
      refusal = error instanceof Error ? error.message : String(error);
    }
    this._wishes.splice(this._wishes.indexOf(wish), 1);
    this._parts.say(refusal);
    this._draw();
    if (refusal) {
      refused?.();
    }
    this._host.settled();
    if (refusal && !this.node.isConnected) {
      this._host.tell(refusal);
    }
    return !refusal;
  }

  private _draw(): void {
    const item = this._wished();
    this._parts.draw(item, this._wishes.length > 0, this.going);
    this._drawDetails(item);
  }

  private _drawDetails(item: PlanItem): void {
    const wanted =
      item.list === 'question' || item.expected || item.setup || item.impact;
    if (wanted && !this._details) {
      this._details = new DetailsView(
        (name, text, refused) => this._change({ [name]: text }, refused),
        this._host.words
      );
      this._parts.main.append(this._details.node);
    }
    this._details?.update(item);
  }

  private _parts: RowParts;
  private _item: PlanItem;
  private _stored: boolean;
  private _host: RowHost;
  private _wishes: Wish[] = [];
  private _turn: Promise<void> = Promise.resolve();
  private _editor: GrowingField | null = null;
  private _details: DetailsView | null = null;
}
