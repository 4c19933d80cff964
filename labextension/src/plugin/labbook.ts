import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import type { DigestSource } from '../data/digest.js';
import type { LabbookSource } from '../data/labbook.js';
import type { PlanSource } from '../data/plan.js';
import type { QueueSource } from '../data/queue.js';
import { RestDigestSource } from '../data/rest/digestSource.js';
import type { Hub } from '../data/rest/hub.js';
import { RestLabbookSource } from '../data/rest/labbookSource.js';
import { RestPlanSource } from '../data/rest/planSource.js';
import { RestQueueSource } from '../data/rest/queueSource.js';
import { hubFor, serverPath } from './connection.js';
import { wordsFrom } from './host.js';

/** The plan of one labbook, for as long as somebody looks at it. */
export interface OpenPlan extends PlanSource {
  setVisible(visible: boolean): void;
  dispose(): void;
}

/** What waits for the night, and what the last one taught. */
export interface Nights {
  readonly queue: QueueSource;
  readonly digest: DigestSource;
}

/** The labbook near what a person works on. */
export interface ILabbook {
  readonly source: LabbookSource;
  /** Of that labbook; null where there is none. */
  readonly nights: Nights | null;
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
    // It hears of another labbook before those who ask for its nights.
    const nights = new NightsOf(hub, source);
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
    return {
      source,
      get nights() {
        return nights.current;
      },
      plan: labbook => new RestPlanSource(hub, labbook)
    };
  }
};

/** The nights of the labbook that is shown, shared by all who look. */
class NightsOf {
  current: Nights | null = null;

  constructor(
    private readonly _hub: Hub,
    private readonly _source: LabbookSource
  ) {
    _source.subscribe(() => this._follow());
  }

  private _follow(): void {
    const { labbook } = this._source;
    if (labbook === this._labbook) {
      return;
    }
    this._labbook = labbook;
    this.current?.queue.dispose();
    this.current?.digest.dispose();
    this.current = labbook
      ? {
          queue: new RestQueueSource(this._hub, labbook),
          digest: new RestDigestSource(this._hub, labbook)
        }
      : null;
  }

  private _labbook = '';
}

export default plugin;
