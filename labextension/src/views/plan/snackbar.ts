import { h, setText } from '../dom.js';

const SHOWN_FOR = 12_000;

/** A notice over the foot of a view, with one thing to do about it. */
export class Snackbar {
  readonly node: HTMLElement;

  constructor(label: string, act: () => void) {
    this._text = h('span', { dir: 'auto' });
    this._button = h('button', { type: 'button' }, label);
    this._button.addEventListener('click', act);
    this._bar = h(
      'div',
      { class: 'labbook-snackbar', hidden: true },
      this._text,
      this._button
    );
    // It stays while someone is about to use it.
    for (const event of ['pointerenter', 'focusin']) {
      this._bar.addEventListener(event, () => clearTimeout(this._timer));
    }
    for (const event of ['pointerleave', 'focusout']) {
      this._bar.addEventListener(event, () => this._hideLater());
    }
    this.node = h('div', { class: 'labbook-snackbar-place' }, this._bar);
  }

  show(text: string, acts = true): void {
    setText(this._text, text);
    this._button.hidden = !acts;
    this._bar.hidden = false;
    this._hideLater();
  }

  hide(): void {
    clearTimeout(this._timer);
    this._bar.hidden = true;
  }

  private _hideLater(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this.hide(), SHOWN_FOR);
  }

  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _bar: HTMLElement;
  private _text: HTMLElement;
  private _button: HTMLButtonElement;
}
