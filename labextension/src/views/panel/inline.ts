/** Questions that a row asks in place, without a dialog. */

import type { Words } from '../../data/words.js';
import { h, setText } from '../dom.js';
import { submits } from '../keys.js';

let forms = 0;

interface Inline {
  node: HTMLElement;
  focus(): void;
}

function button(label: string, kind = ''): HTMLButtonElement {
  return h('button', { type: 'button', class: `labbook-push ${kind}` }, label);
}

function onEscape(node: HTMLElement, act: () => void): void {
  node.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      act();
    }
  });
}

/** Ask once whether something is meant. */
export function confirmation(
  question: string,
  yes: string,
  words: Words,
  act: () => void,
  cancel: () => void
): Inline {
  const sure = button(yes, 'labbook-grave');
  const not = button(words.__('Cancel'));
  sure.addEventListener('click', act);
  not.addEventListener('click', cancel);
  const node = h(
    'div',
    { class: 'labbook-ask', role: 'group', 'aria-label': question },
    h('p', {}, question),
    h('div', { class: 'labbook-pushes' }, sure, not)
  );
  onEscape(node, cancel);
  return { node, focus: () => sure.focus() };
}

/** Ask for a conclusion; a refusal keeps what was typed. */
export function conclusionForm(
  text: string,
  words: Words,
  store: (text: string) => Promise<void>,
  close: () => void
): Inline {
  const id = `labbook-conclusion-${(forms += 1)}`;
  const field = h('textarea', {
    ...{ id, rows: 3, dir: 'auto', class: 'labbook-field' },
    placeholder: words.__('What will you do differently now?')
  });
  field.value = text;
  const save = button(words.__('Save'), 'labbook-main-push');
  const cancel = button(words.__('Cancel'));
  const note = h('p', { class: 'labbook-note', role: 'alert', hidden: true });
  const submit = async (): Promise<void> => {
    const typed = field.value.trim();
    if (!typed || save.disabled) {
      field.focus();
      return;
    }
    save.disabled = true;
    note.hidden = true;
    try {
      await store(typed);
      close();
    } catch (error) {
      setText(note, error instanceof Error ? error.message : String(error));
      note.hidden = false;
    } finally {
      save.disabled = false;
    }
  };
  save.addEventListener('click', () => void submit());
  cancel.addEventListener('click', close);
  const node = h(
    'div',
    { class: 'labbook-ask' },
    h('label', { for: id }, words.__('What did you learn?')),
    field,
    note,
    h('div', { class: 'labbook-pushes' }, save, cancel)
  );
  field.addEventListener('keydown', event => {
    if (submits(event)) {
      event.preventDefault();
      event.stopPropagation();
      void submit();
    }
  });
  onEscape(node, close);
  return { node, focus: () => field.focus() };
}
