/** The plot: what other views may use of it. */

export type { PlotChoices, PlotData, PlotHost } from './host.js';
export { PlotView } from './view.js';
