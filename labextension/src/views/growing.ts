import { h } from './dom.js';

/** A text field of one paragraph that is as tall as what it holds. */
export interface GrowingField {
  node: HTMLElement;
  input: HTMLTextAreaElement;
  value: string;
}

/**
 * The wrapper shows the same text invisibly behind the field, and CSS gives
 * both the same cell of a grid: the height follows without being measured.
 */
export function growingField(
  attributes: Record<string, string> = {}
): GrowingField {
  const input = h('textarea', { rows: 1, dir: 'auto', ...attributes });
  const node = h('span', { class: 'labbook-grow' }, input);
  const mirror = (): void => {
    node.dataset.text = input.value || input.placeholder;
  };
  input.addEventListener('input', mirror);
  mirror();
  return {
    node,
    input,
    get value() {
      return oneLine(input.value);
    },
    set value(text: string) {
      if (input.value !== text) {
        input.value = text;
      }
      mirror();
    }
  };
}

/** Text as a line of `plan.md` holds it: trimmed, without line breaks. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Whether a key ends a line here: not while an input method composes. */
export function endsLine(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && !event.isComposing;
}
