import { adviceOn, type Header, type Key } from '../data/header.js';
import { english, type Words } from '../data/words.js';
import { focused, h, icon, setAttributes, setText } from './dom.js';
import { endsLine, growingField, type GrowingField } from './growing.js';

/** Called with a key and all of its texts; an empty one is taken away. */
export type HeaderChange = (key: Key, texts: readonly string[]) => void;

let forms = 0;

interface Field {
  key: Key;
  node: HTMLElement;
  rows: HTMLElement;
  help: HTMLElement;
  advice: HTMLElement;
  inputs: GrowingField[];
}

/** The header of an experiment's cell as a form. */
export class HeaderForm {
  readonly node: HTMLElement;

  constructor(
    private _change: HeaderChange,
    private _words: Words = english
  ) {
    const prefix = `labbook-header-${(forms += 1)}`;
    this._fields = fieldWords(_words).map(({ key, label, help, example }) => {
      const id = `${prefix}-${key}`;
      const field: Field = {
        key,
        rows: h('div', { class: 'labbook-header-rows' }),
        help: h('p', { class: 'labbook-help', id: `${id}-help` }, help),
        advice: h('p', { class: 'labbook-advice', id: `${id}-advice` }),
        inputs: [],
        node: h('div', { class: 'labbook-header-field', 'data-key': key })
      };
      field.node.append(
        h('label', { for: id }, label),
        field.rows,
        field.advice,
        field.help
      );
      this._grow(field, id, label, example);
      return field;
    });
    this._add = h(
      'button',
      { type: 'button', class: 'labbook-add-prediction' },
      icon('plus'),
      _words.__('Add a prediction')
    );
    const predict = this._fields.find(field => field.key === 'predict')!;
    predict.rows.after(this._add);
    this._add.addEventListener('click', () => {
      this._more(predict).input.focus();
    });
    this.node = h(
      'div',
      { class: 'labbook labbook-header', role: 'group' },
      this._problem,
      ...this._fields.map(field => field.node)
    );
    setAttributes(this.node, { 'aria-label': _words.__('Experiment') });
  }

  /** Show a header; what someone is typing stays. */
  update(header: Header): void {
    const advice = adviceOn(header);
    setText(this._problem, header.problem);
    this._problem.hidden = !header.problem;
    for (const field of this._fields) {
      const texts = header.texts[field.key];
      const fixed = header.flags.has(field.key);
      while (field.inputs.length < texts.length) {
        this._more(field);
      }
      const active = focused(this.node);
      // A field that was added to write in stays as long as someone is in it.
      while (
        field.inputs.length > Math.max(texts.length, 1) &&
        field.inputs.at(-1)!.input !== active
      ) {
        field.inputs.pop()!.node.remove();
      }
      field.inputs.forEach((input, index) => {
        if (input.input !== active || !this._dirty(field)) {
          input.value = texts[index] ?? '';
        }
        input.input.readOnly = fixed;
      });
      this._shown.set(field.key, texts);
      field.node.classList.toggle('labbook-fixed', fixed);
      this._advise(field, fixed, advice.get(field.key) ?? '');
    }
    this._add.hidden = header.flags.has('predict');
  }

  /** Hand on what was typed and not handed on yet. */
  commit(): void {
    for (const field of this._fields) {
      this._commit(field);
    }
  }

  focus(key: Key = 'question'): void {
    const field = this._fields.find(each => each.key === key);
    field?.inputs[0]?.input.focus();
  }

  private _advise(field: Field, fixed: boolean, advice: string): void {
    const flag = `--${field.key}`;
    const said = fixed
      ? this._words.__('Given by %1 on the first line.', flag)
      : advice && this._words.__(advice);
    setText(field.advice, said);
    field.advice.classList.toggle('labbook-warning', !fixed && advice !== '');
    field.advice.hidden = !said;
    for (const { input } of field.inputs) {
      setAttributes(input, {
        'aria-invalid': !fixed && advice ? 'true' : null
      });
    }
  }

  private _grow(
    field: Field,
    id: string,
    label: string,
    example: string
  ): GrowingField {
    const first = field.inputs.length === 0;
    const input = growingField({
      class: 'labbook-field',
      placeholder: example,
      'aria-describedby': `${id}-advice ${id}-help`,
      ...(first
        ? { id }
        : { 'aria-label': `${label} ${field.inputs.length + 1}` })
    });
    input.input.addEventListener('change', () => this._commit(field));
    input.input.addEventListener('keydown', event => {
      if (endsLine(event)) {
        event.preventDefault();
        this._commit(field);
      }
    });
    field.inputs.push(input);
    field.rows.append(input.node);
    return input;
  }

  private _more(field: Field): GrowingField {
    const { id, placeholder } = field.inputs[0]!.input;
    const label = field.node.querySelector('label')!.textContent;
    return this._grow(field, id, label, placeholder);
  }

  private _texts(field: Field): string[] {
    return field.inputs.map(input => input.value);
  }

  private _dirty(field: Field): boolean {
    const shown = this._shown.get(field.key) ?? [];
    return this._texts(field).some((text, at) => text !== (shown[at] ?? ''));
  }

  private _commit(field: Field): void {
    if (!field.inputs[0]!.input.readOnly && this._dirty(field)) {
      const texts = this._texts(field);
      this._shown.set(field.key, texts);
      this._change(field.key, texts);
    }
  }

  private _fields: Field[];
  private _shown = new Map<Key, readonly string[]>();
  private _add: HTMLButtonElement;
  private _problem = h('p', {
    ...{ class: 'labbook-problem', role: 'alert', hidden: true }
  });
}

function fieldWords(
  words: Words
): { key: Key; label: string; help: string; example: string }[] {
  return [
    {
      key: 'question',
      label: words.__('Question'),
      help: words.__('What you want to find out.'),
      example: words.__('Does a wider forest still help?')
    },
    {
      key: 'hypothesis',
      label: words.__('Hypothesis'),
      help: words.__('What you expect, and why.'),
      example: words.__(
        'Past 100 trees, accuracy gains less than half a point.'
      )
    },
    {
      key: 'predict',
      label: words.__('Predictions'),
      help: words.__(
        'What the data can decide, and how sure you are. Fixed when it runs.'
      ),
      example: 'accuracy > 0.95 (80%)'
    },
    {
      key: 'why',
      label: words.__('Why'),
      help: words.__('In place of a question: marks it as exploring.'),
      example: words.__('See whether it runs at all.')
    },
    {
      key: 'impact',
      label: words.__('Impact'),
      help: words.__('What you would do differently for it.'),
      example: words.__('If so, freeze the width and look at depth next.')
    },
    {
      key: 'when',
      label: words.__('When'),
      help: words.__(
        'When its runs may start: now, tonight, lunch, weekend, idle, or hours.'
      ),
      example: 'tonight'
    },
    {
      key: 'tags',
      label: words.__('Tags'),
      help: words.__('Words to find it by, with commas between them.'),
      example: 'digits, forest'
    }
  ];
}
