import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import type { LabbookSource } from '../data/labbook.js';
import type { PlanSource } from '../data/plan.js';
import { RestLabbookSource } from '../data/rest/labbookSource.js';
import { RestPlanSource } from '../data/rest/planSource.js';
import { hubFor, serverPath } from './connection.js';
import { wordsFrom } from './host.js';

/** The plan of one labbook, for as long as somebody looks at it. */
export interface OpenPlan extends PlanSource {
  setVisible(visible: boolean): void;
  dispose(): void;
}

/** The labbook near what a person works on. */
export interface ILabbook {
  readonly source: LabbookSource;
  /** Open the plan of a labbook. */
  plan(labbook: string): OpenPlan;
}

export const ILabbook = new Token<ILabbook>(
  'jupyter-labbook:ILabbook',
  'The labbook near the current notebook.'
);

const plugin: JupyterFrontEndPlugin<ILabbook> = {
  id: 'jupyter-labbook:labbook',
  description: 'Finds and follows the labbook near the current notebook.',
  autoStart: true,
  provides: ILabbook,
  requires: [IDocumentManager],
  optional: [INotebookTracker, IDefaultFileBrowser, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    documents: IDocumentManager,
    tracker: INotebookTracker | null,
    browser: IDefaultFileBrowser | null,
    translator: ITranslator | null
  ) => {
    const { contents, serverSettings } = app.serviceManager;
    const hub = hubFor(serverSettings, wordsFrom(translator));
    const source = new RestLabbookSource(hub);
    const follow = (): void => {
      const current = app.shell.currentWidget;
      const shown = current && documents.contextForWidget(current);
      const path =
        shown?.path ??
        tracker?.currentWidget?.context.path ??
        browser?.model.path;
      if (path !== undefined) {
        source.near(serverPath(path, contents));
      }
    };
    app.shell.currentChanged?.connect(follow);
    tracker?.currentChanged.connect(follow);
    browser?.model.pathChanged.connect(follow);
    void app.restored.then(follow);
    return { source, plan: labbook => new RestPlanSource(hub, labbook) };
  }
};

export default plugin;
