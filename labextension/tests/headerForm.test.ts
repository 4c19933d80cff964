import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHeader, writeHeader, type Key } from '../src/data/header.js';
import { HeaderForm } from '../src/views/header.js';

let source: string;
let form: HeaderForm;
let changes: [Key, readonly string[]][];

function open(cell: string): void {
  source = cell;
  changes = [];
  form = new HeaderForm((key, texts) => {
    changes.push([key, texts]);
    source = writeHeader(source, key, texts);
    form.update(readHeader(source)!);
  });
  document.body.replaceChildren(form.node);
  form.update(readHeader(source)!);
}

const fields = (key: string): HTMLTextAreaElement[] => [
  ...form.node.querySelectorAll<HTMLTextAreaElement>(
    `[data-key="${key}"] textarea`
  )
];
const values = (key: string): string[] => fields(key).map(each => each.value);
const advice = (key: string): string => {
  const node = form.node.querySelector<HTMLElement>(
    `[data-key="${key}"] .labbook-advice`
  )!;
  return node.hidden ? '' : node.textContent;
};
const add = (): HTMLButtonElement =>
  form.node.querySelector<HTMLButtonElement>('.labbook-add-prediction')!;

function type(into: HTMLTextAreaElement, text: string): void {
  into.focus();
  into.value = text;
  into.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

function leave(field: HTMLTextAreaElement): void {
  field.dispatchEvent(new Event('change', { bubbles: true }));
  field.blur();
}

beforeEach(() =>
  open('%%experiment --tags a,b\n#| question: Why?\n#| predict: a > 1\nx = 1')
);
afterEach(() => document.body.replaceChildren());

describe('the form', () => {
  it('shows what the header says, each field with a label', () => {
    expect(values('question')).toEqual(['Why?']);
    expect(values('predict')).toEqual(['a > 1']);
    expect(values('impact')).toEqual(['']);
    for (const label of form.node.querySelectorAll('label')) {
      expect(document.getElementById(label.htmlFor)).not.toBeNull();
    }
  });

  it('changes the line when a field is left', () => {
    const [question] = fields('question');
    type(question!, 'Why\nnot?');
    expect(changes).toEqual([]);
    leave(question!);
    expect(source).toContain('#| question: Why not?\n');
    expect(changes).toHaveLength(1);
    form.commit();
    expect(changes).toHaveLength(1);
  });

  it('changes the line by Enter, and stays in the field', () => {
    const [impact] = fields('impact');
    type(impact!, 'Freeze it');
    const enter = { key: 'Enter', bubbles: true, cancelable: true };
    impact!.dispatchEvent(new KeyboardEvent('keydown', enter));
    expect(source).toContain('#| predict: a > 1\n#| impact: Freeze it\n');
    expect(document.activeElement).toBe(impact);
  });

  it('hands on what was not handed on when it is asked to', () => {
    type(fields('why')[0]!, 'Explore');
    form.commit();
    expect(changes).toEqual([['why', ['Explore']]]);
  });

  it('keeps what someone is typing when the cell changes', () => {
    type(fields('question')[0]!, 'Half a qu');
    form.update(readHeader('%%experiment\n#| question: X\n#| why: Y')!);
    expect(values('question')).toEqual(['Half a qu']);
    expect(values('why')).toEqual(['Y']);
  });

  it('takes any number of predictions', () => {
    add().click();
    expect(document.activeElement).toBe(fields('predict')[1]);
    type(fields('predict')[1]!, 'b < 2 (60%)');
    leave(fields('predict')[1]!);
    expect(source).toContain('#| predict: a > 1\n#| predict: b < 2 (60%)\nx');
    type(fields('predict')[0]!, '');
    leave(fields('predict')[0]!);
    expect(source).not.toContain('a > 1');
    expect(values('predict')).toEqual(['b < 2 (60%)']);
    expect(fields('predict')[0]!.getAttribute('aria-label')).toBeNull();
  });

  it('does not edit what a flag gives', () => {
    expect(values('tags')).toEqual(['a, b']);
    expect(fields('tags')[0]!.readOnly).toBe(true);
    expect(advice('tags')).toBe('Given by --tags on the first line.');
    open('%%experiment --predict "a > 1" --why w');
    expect(add().hidden).toBe(true);
    form.commit();
    expect(changes).toEqual([]);
  });

  it('advises, and marks the field for a screen reader', () => {
    open('%%experiment\n#| predict: good');
    expect(advice('question')).toContain('needs a question');
    expect(fields('question')[0]!.getAttribute('aria-invalid')).toBe('true');
    expect(advice('predict')).toContain('compares');
    type(fields('why')[0]!, 'Explore');
    leave(fields('why')[0]!);
    expect(advice('question')).toBe('');
    expect(fields('question')[0]!.hasAttribute('aria-invalid')).toBe(false);
  });

  it('says what is wrong with the first line', () => {
    open('%%experiment "half\n#| why: w');
    const problem = form.node.querySelector<HTMLElement>('.labbook-problem')!;
    expect(problem.textContent).toContain('quote');
    form.update(readHeader('%%experiment\n#| why: w')!);
    expect(problem.hidden).toBe(true);
  });

  it('puts the focus where it is asked to', () => {
    form.focus();
    expect(document.activeElement).toBe(fields('question')[0]);
    form.focus('when');
    expect(document.activeElement).toBe(fields('when')[0]);
  });
});
