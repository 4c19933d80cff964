/** The live run view on a page, anew for each test of the file that imports it. */

import { afterEach, beforeEach, expect, vi } from 'vitest';
import { english } from '../../src/data/words.js';
import { LiveRunView } from '../../src/views/experiment.js';
import { aHost, aRun, HeldExperiment } from '../experimentSource.js';

export let source: HeldExperiment;
export let host: ReturnType<typeof aHost>;
export let view: LiveRunView;

export const all = <E extends HTMLElement = HTMLElement>(
  selector: string
): E[] => [...view.node.querySelectorAll<E>(selector)];
export const find = <E extends HTMLElement = HTMLElement>(
  selector: string
): E => view.node.querySelector<E>(selector)!;
export const text = (selector: string): string =>
  all(selector)
    .filter(node => !node.closest('[hidden]'))
    .map(node => node.textContent)
    .join('|');
export const spoken = (): string => text('.labbook-spoken');

export function button(name: string): HTMLButtonElement {
  const found = all<HTMLButtonElement>('button').filter(
    node =>
      !node.closest('[hidden]') && (node.ariaLabel ?? node.textContent) === name
  );
  expect(found, name).toHaveLength(1);
  return found[0]!;
}

export const buttons = (inside: string): string[] =>
  all<HTMLButtonElement>(`${inside} button`)
    .filter(node => !node.closest('[hidden]'))
    .map(node => node.textContent);

export function open(): void {
  view = new LiveRunView(source, host);
  document.body.replaceChildren(view.node);
}

export function press(
  node: Element,
  key: string,
  more: object = {}
): KeyboardEvent {
  const event = new KeyboardEvent('keydown', {
    ...{ key, bubbles: true, cancelable: true },
    ...more
  });
  node.dispatchEvent(event);
  return event;
}

export const verdict = (outcome: string): object => ({
  prediction: 'accuracy > 0.9',
  outcome,
  observed: '',
  reason: '',
  probability: 0.8
});

export const three = (...states: string[]): object[] =>
  states.map((state, at) =>
    aRun(`00${at + 1}`, { state, parameters: { trees: 30 * (at + 1) } })
  );

beforeEach(() => {
  source = new HeldExperiment();
  host = aHost(english);
});

afterEach(() => {
  view.dispose();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
