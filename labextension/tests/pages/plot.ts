/** What the page of tests/browser/plot is bundled from. */

export { english } from '../../src/data/words.js';
export { PlotView } from '../../src/views/plot/view.js';
export { line as lineOf, run } from '../plot/made.js';
