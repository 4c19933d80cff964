/** The panel on a page of its own, and what a person sees and does there. */

import type { ExperimentRow } from '../../src/data/labbook.js';
import type { PlanItem } from '../../src/data/plan.js';
import {
  PanelView,
  type PanelHost,
  type PanelMemory
} from '../../src/views/panel.js';
import { HeldLabbook, overview, row } from '../labbookSource.js';
import { HeldDigest, HeldQueue } from '../nightsSource.js';
import { HeldSource, item } from '../source.js';

export let source: HeldLabbook;
export let plan: HeldSource;
export let queue: HeldQueue;
export let morning: HeldDigest;
export let copied: string[];
export let inserted: string[];
export let view: PanelView;
export let opened: ExperimentRow[];
export let made: PlanItem[];
export let memories: PanelMemory[];
export let begun: number;

export function open(
  memory?: PanelMemory,
  host: Partial<PanelHost> = {}
): void {
  source = new HeldLabbook();
  plan = new HeldSource([item('question', 'Why?'), item('test', 'augment()')]);
  queue = new HeldQueue();
  morning = new HeldDigest();
  copied = [];
  inserted = [];
  opened = [];
  made = [];
  memories = [];
  begun = 0;
  view = new PanelView({
    labbook: source,
    plan,
    queue,
    digest: morning,
    ...(memory && { memory }),
    host: {
      open: each => opened.push(each),
      copy: text => Promise.resolve(void copied.push(text)),
      insert: text => inserted.push(text),
      newExperiment: () => (begun += 1),
      makeExperiment: each => made.push(each),
      remember: each => memories.push(each),
      ...host
    }
  });
  document.body.replaceChildren(view.node);
}

export const $ = <T extends HTMLElement = HTMLElement>(selector: string): T =>
  view.node.querySelector<T>(selector)!;
export const all = (selector: string): HTMLElement[] => [
  ...view.node.querySelectorAll<HTMLElement>(selector)
];
export const group = (name: string): HTMLElement => $(`[data-group="${name}"]`);
export const rows = (name: string): HTMLElement[] => [
  ...group(name).querySelectorAll<HTMLElement>('.labbook-item')
];
export const names = (name: string): string[] =>
  rows(name).map(each => each.querySelector('bdi')!.textContent);
export const main = (of: HTMLElement): HTMLElement =>
  of.querySelector<HTMLElement>('.labbook-item-main')!;
export const tool = (of: HTMLElement, label: string): HTMLButtonElement =>
  [...of.querySelectorAll('button')].find(
    each => (each.title || each.textContent).startsWith(label) && !each.hidden
  )!;
export const tab = (title: string): HTMLElement =>
  all('[role=tab]').find(each => each.textContent === title)!;
export const panel = (): HTMLElement => $('[role=tabpanel]:not([hidden])');
export const spoken = (): string =>
  $('.labbook-panel > .labbook-spoken').textContent;

export function press(key: string, more: KeyboardEventInit = {}): void {
  document.activeElement!.dispatchEvent(
    new KeyboardEvent('keydown', {
      ...{ key, bubbles: true, cancelable: true },
      ...more
    })
  );
}

export function type(
  field: HTMLInputElement | HTMLTextAreaElement,
  text: string
): void {
  field.focus();
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

export const LIVE = row(12, 'depth', {
  states: { finished: 3, waiting: 5, running: 2 },
  progress: { done: 41, total: 100, remaining: 190, text: '' }
});
export const WAITING = row(13, 'tonight', { states: { waiting: 24 } });
export const ENDED = row(9, 'wider', {
  verdicts: ['supported', 'refuted', 'supported', 'pending']
});
export const FAILED = row(8, 'noisy', {
  states: { failed: 1 },
  reason: 'ValueError: <b>no</b>\u202e'
});
export const FULL = overview({
  ...{ running: [LIVE], waiting: [WAITING] },
  ...{ unconcluded: [ENDED], failed: [FAILED] }
});
