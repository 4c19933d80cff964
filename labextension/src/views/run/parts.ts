import { h } from '../dom.js';
import { visible } from '../text.js';

const TONES: Record<string, string> = {
  supported: 'good',
  refuted: 'bad',
  inconclusive: 'warn',
  finished: 'good',
  failed: 'bad',
  lost: 'bad',
  running: 'accent',
  held: 'warn'
};

export function paragraph(kind: string, text: string, label = ''): HTMLElement {
  const node = h('p', { class: `labbook-${kind}`, dir: 'auto' }, visible(text));
  if (label) {
    node.prepend(h('span', { class: 'labbook-label' }, label), ' ');
  }
  return node;
}

export function chip(word: string, tone = TONES[word] ?? 'quiet'): HTMLElement {
  return h('span', { class: 'labbook-chip', 'data-tone': tone }, visible(word));
}

export function isolated(text: string): HTMLElement {
  return h('bdi', {}, visible(text));
}
