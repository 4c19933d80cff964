import type uPlot from 'uplot';

export type Engine = typeof uPlot;

let loading: Promise<Engine | null> | undefined;

/**
 * Load what draws, when the first plot needs it: pages without one stay light.
 *
 * null where there is no canvas, as in a document that nobody looks at.
 */
export function engine(): Promise<Engine | null> {
  loading ??= hasCanvas()
    ? import('uplot').then(module => module.default)
    : Promise.resolve(null);
  return loading;
}

function hasCanvas(): boolean {
  return (
    typeof Path2D === 'function' &&
    document.createElement('canvas').getContext('2d') !== null
  );
}
