import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { RUN_MIME_TYPE } from '../data/run.js';
import { StaticRunView } from '../views/run.js';

/** Above the widget manager's -10: one output may carry both. */
const RANK = -20;

/** Draws the MIME type of a run. */
class RunRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(private _view = new StaticRunView()) {
    super();
    this.addClass('labbook-renderer');
    this.node.append(this._view.node);
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    return this._view.update(model.data[RUN_MIME_TYPE]);
  }
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-labbook:run-renderer',
  description: 'Draws experiments of jupyter_labbook in the output of a cell.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  activate: (_: JupyterFrontEnd, rendermime: IRenderMimeRegistry) => {
    rendermime.addFactory(
      {
        // Text is only ever drawn as text, so that it needs no trust.
        safe: true,
        mimeTypes: [RUN_MIME_TYPE],
        createRenderer: () => new RunRenderer()
      },
      RANK
    );
  }
};

export default plugin;
