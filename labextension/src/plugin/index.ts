/** The plugins of this extension. */

import commands from './commands.js';
import headerTool from './headerTool.js';
import labbook from './labbook.js';
import neighbours from './neighbours.js';
import notifications from './notifications.js';
import panel from './panel.js';
import runRenderer from './runRenderer.js';
import statusBar from './statusBar.js';

export default [
  runRenderer,
  labbook,
  commands,
  panel,
  statusBar,
  notifications,
  headerTool,
  neighbours
];
