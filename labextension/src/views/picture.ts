import type { ExperimentView } from '../data/run.js';
import { h } from './dom.js';
import { number, visible } from './text.js';

/**
 * A plot as an image: nothing in it runs, and nothing in it loads.
 *
 * Its size is known before it is decoded, so that nothing moves when it appears.
 */
export function picture(svg: string, view: ExperimentView): HTMLImageElement {
  const [width, height] = size(svg);
  return h('img', {
    class: 'labbook-plot',
    src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(wellFormed(svg))}`,
    alt: description(view),
    width,
    height
  });
}

/** What a plot shows, for those who cannot see it. */
export function description(view: ExperimentView): string {
  const finals = view.runs.flatMap(run => Object.keys(run.final));
  const metrics = [...new Set(finals)];
  const what = metrics.length ? metrics.join(', ') : 'metrics';
  const many = view.runs.length === 1 ? '1 run' : `${view.runs.length} runs`;
  const last = view.runs.slice(0, 8).map(run => {
    const values = Object.entries(run.final).map(
      ([name, final]) => `${name} ${number(final)}`
    );
    return values.length ? `run ${run.label}: ${values.join(', ')}` : '';
  });
  const found = last.filter(each => each).join('; ');
  return visible(
    `Plot of ${what} for ${many}${found ? `; last values: ${found}` : ''}`
  );
}

/** Half characters cannot be part of an address. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Width and height that an SVG gives itself, if it does. */
export function size(svg: string): [number?, number?] {
  const root = /<svg\b[^>]*>/i.exec(svg)?.[0] ?? '';
  const own = ['width', 'height'].map(name =>
    Number.parseFloat(
      new RegExp(`\\s${name}=["']([\\d.]+)(?:px)?["']`).exec(root)?.[1] ?? ''
    )
  );
  const box = /\sviewBox=["']([^"']+)["']/
    .exec(root)?.[1]
    ?.trim()
    .split(/[\s,]+/)
    .map(Number);
  const [width, height] = own.every(side => side > 0)
    ? own
    : [box?.[2], box?.[3]];
  return width! > 0 && height! > 0 ? [width, height] : [];
}
