import type { Words } from '../../data/words.js';
import { h, setHidden, setText } from '../dom.js';

let forms = 0;

/** Ask for the hours that a run is to wait for; a refusal keeps what was typed. */
export function moveForm(
  when: string,
  words: Words,
  move: (when: string) => Promise<void>,
  close: () => void
): { node: HTMLElement; focus(): void } {
  const id = `labbook-window-${(forms += 1)}`;
  const field = h('input', {
    ...{ id, type: 'text', class: 'labbook-field', spellcheck: 'false' },
    placeholder: words.__('tonight, 22:00-07:00, sat 10:00-18:00')
  });
  field.value = when;
  const note = h('p', { class: 'labbook-note', role: 'alert', hidden: true });
  const yes = h(
    'button',
    { type: 'submit', class: 'labbook-push labbook-main-push' },
    words.__('Move')
  );
  const no = h(
    'button',
    { type: 'button', class: 'labbook-push' },
    words.__('Cancel')
  );
  const node = h(
    'form',
    { class: 'labbook-ask' },
    h('label', { for: id }, words.__('Wait for which hours?')),
    field,
    note,
    h('div', { class: 'labbook-pushes' }, yes, no)
  );
  const submit = async (): Promise<void> => {
    const typed = field.value.trim();
    if (!typed) {
      return;
    }
    yes.disabled = true;
    try {
      await move(typed);
      close();
    } catch (error) {
      setText(note, error instanceof Error ? error.message : String(error));
      setHidden(note, false);
      field.focus();
    } finally {
      yes.disabled = false;
    }
  };
  node.addEventListener('submit', event => {
    event.preventDefault();
    void submit();
  });
  no.addEventListener('click', close);
  node.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    }
  });
  return {
    node,
    focus: () => {
      field.focus();
      field.select();
    }
  };
}
