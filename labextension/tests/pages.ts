/** What the page of tests/browser/plot_page.html is bundled from. */

export { english } from '../src/data/words.js';
export { PlotView } from '../src/views/plot/view.js';
