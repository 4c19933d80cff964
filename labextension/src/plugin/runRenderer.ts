import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator } from '@jupyterlab/translation';
import { RUN_MIME_TYPE } from '../data/run.js';
import { LiveRunView } from '../views/experiment.js';
import { hubFor, serverPath } from './connection.js';
import { runHost, wordsFrom } from './host.js';
import { RunOutput } from './runOutput.js';

/** Above the widget manager's -10: one output may carry both. */
const RANK = -20;

/** A resolver of JupyterLab's knows the notebook that it resolves for. */
interface Resolver {
  readonly path?: string;
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-labbook:run-renderer',
  description: 'Draws experiments of jupyter_labbook in the output of a cell.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null
  ) => {
    const words = wordsFrom(translator);
    const run = runHost(app, words);
    const { serverSettings, contents } = app.serviceManager;
    rendermime.addFactory(
      {
        // Text is only ever drawn as text, so that it needs no trust.
        safe: true,
        mimeTypes: [RUN_MIME_TYPE],
        createRenderer: ({ resolver }) =>
          new RunOutput({
            run,
            hub: hubFor(serverSettings, words),
            notebook: () =>
              serverPath((resolver as Resolver | null)?.path, contents),
            live: (source, host) => new LiveRunView(source, host)
          })
      },
      RANK
    );
  }
};

export default plugin;
