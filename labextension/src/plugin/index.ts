/** The plugins of this extension. */

import commands from './commands.js';
import headerTool from './headerTool.js';
import labbook from './labbook.js';
import morning from './morning.js';
import neighbours from './neighbours.js';
import notifications from './notifications.js';
import panel from './panel.js';
import planRenderer from './planRenderer.js';
import runRenderer from './runRenderer.js';
import statusBar from './statusBar.js';

export default [
  runRenderer,
  planRenderer,
  labbook,
  commands,
  panel,
  statusBar,
  notifications,
  morning,
  headerTool,
  neighbours
];
