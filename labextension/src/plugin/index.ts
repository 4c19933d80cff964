/** The plugins of this extension. */

import runRenderer from './runRenderer.js';

export default [runRenderer];
