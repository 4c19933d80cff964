import type { ExperimentSource } from '../../data/experiment.js';
import type { ExperimentView } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { h, setAttributes, setText, setHidden } from '../dom.js';
import type { RunHost, Store } from '../host.js';
import { submits } from '../keys.js';
import { visible } from '../text.js';
import { allEnded } from './standing.js';

/** What was typed and not stored yet, and the conclusion its author saw. */
interface Draft {
  text: string;
  was: string;
}

/** What a person learned: read, written, and never lost to somebody else's. */
export class ConclusionView {
  readonly node: HTMLElement;

  constructor(
    source: ExperimentSource,
    host: RunHost,
    say: (sentence: string) => void
  ) {
    const trans = host.words;
    this._source = source;
    this._host = host;
    this._trans = trans;
    this._say = say;
    this._text = h('p', { class: 'labbook-learned', dir: 'auto' });
    this._edit = button(trans.__('Edit'));
    this._edit.setAttribute('aria-label', trans.__('Edit the conclusion'));
    this._reader = h(
      'div',
      { class: 'labbook-conclusion' },
      h('h3', {}, trans.__('Learned')),
      this._text,
      this._edit
    );
    this._input = h('textarea', {
      rows: 3,
      dir: 'auto',
      'aria-label': trans.__('What did you learn?'),
      placeholder: trans.__('In your own words: what do you know now?')
    });
    this._grow = h('div', { class: 'labbook-grow' }, this._input);
    this._save = button(trans.__('Save'), 'labbook-primary');
    this._cancel = button(trans.__('Cancel'));
    this._problem = h('p', {
      class: 'labbook-problem',
      role: 'alert',
      hidden: true
    });
    this._theirs = h('div', { class: 'labbook-theirs', role: 'group' });
    this._writer = h(
      'div',
      { class: 'labbook-conclude' },
      h('h3', {}, trans.__('What did you learn?')),
      this._theirs,
      this._grow,
      this._problem,
      h(
        'div',
        { class: 'labbook-row-of-buttons' },
        this._save,
        this._cancel,
        h('span', { class: 'labbook-aside' }, trans.__('Ctrl/⌘ Enter saves'))
      )
    );
    this.node = h('div', {}, this._reader, this._writer);
    this._edit.addEventListener('click', () => this._open(true));
    this._save.addEventListener('click', () => void this._store());
    this._cancel.addEventListener('click', () => void this._leave());
    this._input.addEventListener('input', () => this._typed());
    this._input.addEventListener('keydown', event => {
      if (submits(event)) {
        event.preventDefault();
        void this._store();
      } else if (event.key === 'Escape' && !event.isComposing) {
        void this._leave();
      }
    });
  }

  update(view: ExperimentView): void {
    const first = this._view === null;
    this._view = view;
    if (this._stored === view.conclusion || view.conclusion !== this._before) {
      this._stored = null;
    }
    this._before = view.conclusion;
    if (first) {
      this._draft = readDraft(this._host.store, this._key);
      this._input.value = this._draft?.text ?? '';
      this._mirror();
    }
    this._draw();
  }

  private get _key(): string {
    return `conclusion:${this._view!.path}`;
  }

  private get _shown(): string {
    return this._stored ?? this._view!.conclusion;
  }

  private _draw(): void {
    const view = this._view!;
    const can = this._source.controllable;
    const asks = can && allEnded(view) && !this._shown;
    const writing = can && (this._draft !== null || asks);
    setText(this._text, visible(this._shown));
    setHidden(this._reader, !this._shown || writing);
    setHidden(this._edit, !can);
    setHidden(this._writer, !writing);
    setHidden(this._cancel, this._draft === null);
    setAttributes(this._save, {
      'aria-disabled': this._saving || !this._input.value.trim() ? 'true' : null
    });
    setText(
      this._save,
      this._saving ? this._trans.__('Saving…') : this._trans.__('Save')
    );
    this._compare();
  }

  /** Somebody else's conclusion beside the draft that did not know of it. */
  private _compare(): void {
    const theirs = this._shown;
    const draft = this._draft;
    const conflict =
      draft !== null && draft.was !== theirs && draft.text.trim() !== theirs;
    setHidden(this._theirs, !conflict || this._saving);
    if (!conflict || this._compared === theirs) {
      this._compared = conflict ? theirs : null;
      return;
    }
    this._compared = theirs;
    const trans = this._trans;
    const title = theirs
      ? trans.__('Meanwhile this was written elsewhere:')
      : trans.__('Meanwhile the conclusion was removed elsewhere.');
    const replace = button(trans.__('Replace it by mine'));
    const below = button(trans.__('Put mine below it'));
    replace.addEventListener('click', () => void this._store(theirs));
    below.addEventListener('click', () => {
      this._input.value = `${theirs}\n\n${this._input.value}`;
      this._typed(theirs);
      this._input.focus();
    });
    this._theirs.setAttribute('aria-label', title);
    this._theirs.replaceChildren(
      h('p', { role: 'status' }, title),
      ...(theirs ? [h('blockquote', { dir: 'auto' }, visible(theirs))] : []),
      h(
        'div',
        { class: 'labbook-row-of-buttons' },
        replace,
        ...(theirs ? [below] : [])
      )
    );
  }

  private _open(focus: boolean): void {
    this._draft ??= { text: this._shown, was: this._shown };
    this._input.value = this._draft.text;
    this._mirror();
    this._draw();
    if (focus) {
      this._input.focus();
      this._input.setSelectionRange(this._input.value.length, -1);
    }
  }

  private _typed(was = this._draft?.was ?? this._shown): void {
    this._draft = { text: this._input.value, was };
    if (!this._draft.text.trim() && !this._shown) {
      this._draft = null;
    }
    this._host.store.set(this._key, this._draft && JSON.stringify(this._draft));
    this._mirror();
    this._draw();
  }

  private async _leave(): Promise<void> {
    const draft = this._draft;
    if (!draft) {
      return;
    }
    const changed = draft.text.trim() !== draft.was && draft.text.trim();
    const trans = this._trans;
    if (
      changed &&
      !(await this._host.ask(
        trans.__('Throw away what you have typed?'),
        trans.__('Throw away')
      ))
    ) {
      this._input.focus();
      return;
    }
    this._finish();
    this._edit.focus();
  }

  private _finish(): void {
    this._draft = null;
    this._input.value = '';
    this._host.store.set(this._key, null);
    this._tell('');
    this._mirror();
    this._draw();
  }

  private async _store(was = this._draft?.was ?? this._shown): Promise<void> {
    const text = this._input.value.trim();
    if (this._saving || !text) {
      return;
    }
    this._saving = true;
    this._tell('');
    this._draw();
    try {
      await this._source.conclude(text, was);
      this._saving = false;
      this._stored = text;
      // Nothing is lost of what was typed while it was being stored.
      if (this._input.value.trim() === text) {
        this._finish();
        this._edit.focus();
      } else {
        this._typed(text);
      }
      this._say(this._trans.__('The conclusion is saved.'));
    } catch (error) {
      this._saving = false;
      this._tell((error as Error).message);
      this._draw();
    }
  }

  private _tell(sentence: string): void {
    setText(this._problem, sentence);
    setHidden(this._problem, !sentence);
  }

  /** CSS gives the field the height of this text. */
  private _mirror(): void {
    this._grow.dataset.text = `${this._input.value}\n`;
  }

  private _source: ExperimentSource;
  private _host: RunHost;
  private _trans: Words;
  private _say: (sentence: string) => void;
  private _view: ExperimentView | null = null;
  private _draft: Draft | null = null;
  /** What was stored here, until the files are known to have it. */
  private _stored: string | null = null;
  private _before = '';
  private _compared: string | null = null;
  private _saving = false;
  private _reader: HTMLElement;
  private _text: HTMLElement;
  private _edit: HTMLButtonElement;
  private _writer: HTMLElement;
  private _theirs: HTMLElement;
  private _grow: HTMLElement;
  private _input: HTMLTextAreaElement;
  private _save: HTMLButtonElement;
  private _cancel: HTMLButtonElement;
  private _problem: HTMLElement;
}

function button(label: string, more = ''): HTMLButtonElement {
  return h('button', { type: 'button', class: more || null }, label);
}

function readDraft(store: Store, key: string): Draft | null {
  try {
    const { text, was } = JSON.parse(store.get(key) ?? 'null') as Draft;
    return typeof text === 'string' && typeof was === 'string'
      ? { text, was }
      : null;
  } catch {
    return null;
  }
}
