import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ITranslator } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { insertExperiment } from './cells.js';
import { hubFor, serverPath } from './connection.js';
import { wordsFrom } from './host.js';
import { PLAN_MIME_TYPE, PlanOutput } from './planOutput.js';
import { browserStore } from './store.js';

/** Above the widget manager's -10: one output carries both. */
const RANK = -20;

/** What a plan is drawn by where the server finds no labbook, best first. */
const OTHERWISE = [
  'application/vnd.jupyter.widget-view+json',
  'text/html',
  'text/plain'
];

/** A resolver of JupyterLab's knows the notebook that it resolves for. */
interface Resolver {
  readonly path?: string;
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-labbook:plan-renderer',
  description:
    'Draws the plan in the output of a cell, whatever its kernel does.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [INotebookTracker, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    tracker: INotebookTracker | null,
    translator: ITranslator | null
  ) => {
    const words = wordsFrom(translator);
    const store = browserStore(() => window.localStorage);
    const { serverSettings, contents } = app.serviceManager;
    const panelOf = (output: Widget): NotebookPanel | undefined =>
      tracker?.find(panel => panel.node.contains(output.node));
    rendermime.addFactory(
      {
        // Text is only ever drawn as text, so that it needs no trust.
        safe: true,
        mimeTypes: [PLAN_MIME_TYPE],
        createRenderer: ({ resolver }): IRenderMime.IRenderer => {
          return new PlanOutput({
            words,
            store,
            hub: hubFor(serverSettings, words),
            notebook: () =>
              serverPath((resolver as Resolver | null)?.path, contents),
            makeExperiment: (item, output) => {
              const panel = panelOf(output);
              if (panel) {
                void insertExperiment(app, panel, item);
              }
            },
            otherwise: output => {
              // A notebook's own registry knows its widgets.
              const registry =
                panelOf(output)?.content.rendermime ?? rendermime;
              const known = OTHERWISE.find(
                type => output.holds(type) && registry.mimeTypes.includes(type)
              );
              return known === undefined
                ? null
                : registry.createRenderer(known);
            }
          });
        }
      },
      RANK
    );
  }
};

export default plugin;
