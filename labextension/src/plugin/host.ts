import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import { english, type Words } from '../data/words.js';
import type { RunHost } from '../views/host.js';
import { browserStore } from './store.js';

/** The words of this extension in the language of the page. */
export function wordsFrom(translator: ITranslator | null): Words {
  return translator?.load('jupyter_labbook') ?? english;
}

/** What JupyterLab gives to the view of a run. */
export function runHost(app: JupyterFrontEnd, words: Words): RunHost {
  return {
    words,
    store: browserStore(() => window.localStorage),
    ask: async (question, confirmLabel) => {
      const { button } = await showDialog({
        title: question,
        buttons: [
          Dialog.cancelButton({ label: words.__('Cancel') }),
          Dialog.warnButton({ label: confirmLabel })
        ],
        defaultButton: 0
      });
      return button.accept;
    },
    say: sentence => void Notification.info(sentence, { autoClose: 6000 }),
    openFile: path => void app.commands.execute('docmanager:open', { path })
  };
}
