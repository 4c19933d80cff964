import type { PlanDetails } from '../../data/plan.js';
import { h, icon, setAttributes, setText } from '../dom.js';
import { endsLine, growingField, type GrowingField } from '../growing.js';
import type { Words } from '../../data/words.js';
import { details } from './words.js';

type Name = keyof PlanDetails;

type Store = (name: Name, text: string, refused: () => void) => void;

/**
 * What belongs to a question, folded under one line that says what is expected.
 *
 * @param store Called with what a person wrote, and what to call if it is not
 * stored: the field then keeps it.
 */
export class DetailsView {
  readonly node: HTMLElement;
  readonly toggle: HTMLButtonElement;

  constructor(store: Store, trans: Words) {
    this._store = store;
    this._trans = trans;
    this._gist = h('span', { class: 'labbook-gist', dir: 'auto' });
    this.toggle = h(
      'button',
      { type: 'button', class: 'labbook-fold', 'aria-expanded': 'false' },
      icon('chevron'),
      this._gist
    );
    this.toggle.addEventListener('click', () => this.fold(this.open));
    this._body = h('div', { class: 'labbook-details', hidden: true });
    for (const { name, label, ask } of details(trans)) {
      const field = growingField({ placeholder: ask, class: 'labbook-detail' });
      this._fields.set(name, field);
      this._listen(name, field);
      this._body.append(
        h('label', {}, h('span', { class: 'labbook-label' }, label), field.node)
      );
    }
    this.node = h('div', {}, this.toggle, this._body);
  }

  get open(): boolean {
    return !this._body.hidden;
  }

  fold(folded: boolean): void {
    this._body.hidden = folded;
    setAttributes(this.toggle, { 'aria-expanded': String(!folded) });
    this._drawGist();
  }

  /** Show these; a field in which someone types keeps what was typed. */
  update(details: PlanDetails): void {
    this._details = details;
    for (const [name, field] of this._fields) {
      if (!this._dirty.has(name)) {
        field.value = details[name];
      }
    }
    this._drawGist();
  }

  private _drawGist(): void {
    const first = details(this._trans).find(({ name }) => this._details[name]);
    const gist = first
      ? `${first.label}: ${this._details[first.name]}`
      : this._trans.__('What do you expect?');
    setText(this._gist, this.open ? this._trans.__('Details') : gist);
    this._gist.classList.toggle('labbook-unset', !first && !this.open);
  }

  private _listen(name: Name, field: GrowingField): void {
    field.input.addEventListener('input', () => this._dirty.add(name));
    field.input.addEventListener('blur', () => {
      if (field.node.isConnected) {
        this._commit(name, field);
      }
    });
    field.input.addEventListener('keydown', event => {
      if (endsLine(event)) {
        event.preventDefault();
        this._commit(name, field);
      } else if (event.key === 'Escape') {
        event.stopPropagation();
        this._dirty.delete(name);
        field.value = this._details[name];
        this.toggle.focus();
      }
    });
  }

  private _commit(name: Name, field: GrowingField): void {
    if (!this._dirty.delete(name) || field.value === this._details[name]) {
      return;
    }
    const typed = field.value;
    this._store(name, typed, () => {
      if (!this._dirty.has(name)) {
        this._dirty.add(name);
        field.value = typed;
      }
    });
  }

  /** Whether something typed here is not stored. */
  get dirty(): boolean {
    return this._dirty.size > 0;
  }

  private _store: Store;
  private _trans: Words;
  private _details: PlanDetails = { expected: '', setup: '', impact: '' };
  private _fields = new Map<Name, GrowingField>();
  private _dirty = new Set<Name>();
  private _body: HTMLElement;
  private _gist: HTMLElement;
}
