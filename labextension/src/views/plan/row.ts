import type {
  EditedFields,
  ListName,
  PlanChange,
  PlanItem
} from '../../data/plan.js';
import { focused, h, icon, setAttributes, setText } from '../dom.js';
import { endsLine, growingField, type GrowingField } from '../growing.js';
import { DetailsView } from './details.js';
import type { Shown } from './match.js';
import { NEXT_PRIORITY, quoted } from './words.js';

/** What a row needs from the view around it. */
export interface RowHost {
  apply(change: PlanChange): Promise<void>;
  /** A change was answered, or a row let go: compare rows and state again. */
  settled(): void;
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
  readonly node: HTMLLIElement;

  constructor(item: PlanItem, stored: boolean, host: RowHost) {
    this._item = item;
    this._stored = stored;
    this._host = host;
    this._check = h('input', {
      type: 'checkbox',
      class: 'labbook-check',
      'aria-keyshortcuts': 'Enter F2 Delete P'
    });
    this._text = h('span', { class: 'labbook-text', dir: 'auto' });
    this._badge = h('span', { class: 'labbook-badge', 'aria-hidden': 'true' });
    this._priority = h('button', { type: 'button', class: 'labbook-button' });
    this._note = h('p', { class: 'labbook-note', role: 'alert', hidden: true });
    this._main = h('div', { class: 'labbook-main' }, this._text);
    const edit = action('edit', 'Edit');
    const remove = action('trash', 'Delete');
    this._tools = h(
      'span',
      { class: 'labbook-tools' },
      this._priority,
      edit,
      remove
    );
    this.node = h(
      'li',
      { class: 'labbook-row' },
      this._check,
      this._main,
      this._badge,
      this._tools
    );
    this._check.addEventListener('change', () => this._tick());
    this._text.addEventListener('click', () => this.edit());
    edit.addEventListener('click', () => this.edit());
    remove.addEventListener('click', () => this._delete());
    this._priority.addEventListener('click', () => this._raise());
    this._draw();
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
        this._say(
          'Removed elsewhere; Enter adds your text again, Escape lets it go.'
        );
      }
      this._stored = false;
    } else {
      if (this._editor && this._stored && item.text !== this._item.text) {
        this._say(
          `Changed elsewhere to ${quoted(item.text)}; Enter keeps your text.`
        );
      }
      this._item = item;
      this._stored = true;
    }
    this._draw();
  }

  /** Whether Tab stops here: one row of each list does. */
  setStop(stop: boolean): void {
    const tabindex = stop ? 0 : -1;
    setAttributes(this._check, { tabindex });
    for (const button of this.node.querySelectorAll('button')) {
      setAttributes(button, { tabindex });
    }
  }

  focus(): void {
    (this._editor?.input ?? this._check).focus();
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
      'aria-label': 'Text'
    });
    this._editor = editor;
    editor.value = text;
    this._text.replaceWith(editor.node);
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

  /** A key pressed on the row itself; true if it meant something. */
  key(event: KeyboardEvent): boolean {
    const details = this._details;
    const actions: Record<string, (() => void) | undefined> = {
      F2: () => this.edit(),
      Delete: () => this._delete(),
      Backspace: () => this._delete(),
      p: () => this._raise(),
      ...(details && {
        ArrowRight: () => details.fold(false),
        ArrowLeft: () => details.fold(true)
      })
    };
    if (event.target === this._check) {
      actions.Enter = () => this.edit();
    }
    const act = actions[event.key];
    act?.();
    return act !== undefined;
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

  private _say(note: string): void {
    setText(this._note, note);
    this._note.hidden = !note;
    if (note && !this._note.isConnected) {
      this._main.append(this._note);
    }
  }

  private _tick(): void {
    const done = this._check.checked;
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
        this.edit(text, had && focused(this.node) === this._check)
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
    editor.node.replaceWith(this._text);
    this._say('');
    this._draw();
    if (had) {
      this._check.focus();
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
    this._wishes.push(wish);
    this._say('');
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
    this._say(refusal);
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
    const pending = this._wishes.length > 0;
    setText(this._text, item.text);
    this._check.checked = item.done;
    setAttributes(this._check, {
      'aria-label':
        item.priority === 'normal'
          ? item.text
          : `${item.text}, ${item.priority} priority`
    });
    setText(this._badge, item.priority);
    setText(this._priority, item.priority);
    setAttributes(this._priority, {
      title: `Priority: ${item.priority} (P)`,
      'aria-label': `Priority ${item.priority}; change to ${NEXT_PRIORITY[item.priority]}`
    });
    setAttributes(this.node, {
      'data-priority': item.priority,
      'aria-busy': pending && 'true'
    });
    this.node.classList.toggle('labbook-done', item.done);
    this.node.classList.toggle('labbook-pending', pending);
    this.node.classList.toggle('labbook-going', this.going);
    this._drawDetails(item);
  }

  private _drawDetails(item: PlanItem): void {
    const wanted =
      item.list === 'question' || item.expected || item.setup || item.impact;
    if (wanted && !this._details) {
      this._details = new DetailsView((name, text, refused) =>
        this._change({ [name]: text }, refused)
      );
      this._main.append(this._details.node);
    }
    this._details?.update(item);
  }

  private _item: PlanItem;
  private _stored: boolean;
  private _host: RowHost;
  private _wishes: Wish[] = [];
  private _turn: Promise<void> = Promise.resolve();
  private _editor: GrowingField | null = null;
  private _details: DetailsView | null = null;
  private _check: HTMLInputElement;
  private _text: HTMLElement;
  private _badge: HTMLElement;
  private _priority: HTMLButtonElement;
  private _tools: HTMLElement;
  private _note: HTMLElement;
  private _main: HTMLElement;
}

function action(name: 'edit' | 'trash', label: string): HTMLButtonElement {
  return h(
    'button',
    {
      type: 'button',
      class: 'labbook-button',
      title: label,
      'aria-label': label
    },
    icon(name)
  );
}
