import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { visible } from '../views/text.js';
import { hubFor } from './connection.js';
import { wordsFrom } from './host.js';
import { ILabbook } from './labbook.js';
import { tellNotes } from './notes.js';
import { browserStore } from './store.js';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-labbook:neighbours',
  description: 'Says what other packages of the server keep from working.',
  autoStart: true,
  requires: [ILabbook],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    { source }: ILabbook,
    translator: ITranslator | null
  ) => {
    const words = wordsFrom(translator);
    const { api } = hubFor(app.serviceManager.serverSettings, words);
    const store = browserStore(() => window.sessionStorage);
    // Nobody without a labbook needs to know.
    const leave = source.subscribe(() => {
      if (source.labbook) {
        leave();
        void tellNotes(api, store, note => {
          Notification.warning(visible(note), { autoClose: false });
        });
      }
    });
  }
};

export default plugin;
