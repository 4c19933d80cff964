/** The plan on a page of its own, and what a person sees and does there. */

import type { ListName, PlanItem } from '../../src/data/plan.js';
import { PlanView } from '../../src/views/plan.js';
import { HeldSource } from '../source.js';

export let source: HeldSource;
export let view: PlanView;

export function open(...items: PlanItem[]): void {
  source = new HeldSource(items);
  view = new PlanView(source);
  document.body.replaceChildren(view.node);
}

export const list = (name: ListName): HTMLElement =>
  view.node.querySelector(`[data-list="${name}"]`)!;
export const field = (name: ListName): HTMLTextAreaElement =>
  list(name).querySelector('.labbook-new')!;
export const rows = (name: ListName): HTMLElement[] => [
  ...list(name).querySelectorAll<HTMLElement>('.labbook-row')
];
export const texts = (name: ListName): string[] =>
  rows(name).map(
    row =>
      row.querySelector<HTMLTextAreaElement>('.labbook-edit')?.value ??
      row.querySelector('.labbook-text')!.textContent
  );
export const check = (row: HTMLElement): HTMLInputElement =>
  row.querySelector('.labbook-check')!;
export const editor = (): HTMLTextAreaElement =>
  view.node.querySelector('.labbook-edit')!;
export const note = (row: HTMLElement): string => {
  const node = row.querySelector<HTMLElement>('.labbook-note');
  return node && !node.hidden ? node.textContent : '';
};
export const spoken = (): string =>
  view.node.querySelector('.labbook-spoken')!.textContent;
export const snackbar = (): HTMLElement =>
  view.node.querySelector('.labbook-snackbar')!;

export function press(
  key: string,
  more: KeyboardEventInit = {}
): KeyboardEvent {
  const event = new KeyboardEvent('keydown', {
    key,
    bubbles: true,
    cancelable: true,
    ...more
  });
  document.activeElement!.dispatchEvent(event);
  return event;
}

export function type(into: HTMLTextAreaElement, text: string): void {
  into.focus();
  into.value = text;
  into.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
