import type { Box } from './labelSpots.js';
import type { Theme } from './theme.js';

export type Place = (value: number) => number;

/** What a panel is drawn on. */
export interface Ground {
  context: CanvasRenderingContext2D;
  /** Part of the canvas where lines are drawn, in its pixels. */
  box: Box;
  x: Place;
  /** Where a value of a metric lies: metrics may have ranges of their own. */
  y: (value: number, metric: string) => number;
  /** Canvas pixels for one of the page's. */
  ratio: number;
  theme: Theme;
}
