import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification as Toast } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';
import { Endings, type Notice } from '../data/endings.js';
import type { Words } from '../data/words.js';
import type { Store } from '../views/host.js';
import { lookedWords, noticeWords } from '../views/notice.js';
import { wordsFrom } from './host.js';
import { ILabbook } from './labbook.js';
import { followSetting, storeSetting } from './settings.js';
import { browserStore } from './store.js';

const CLOSES_AFTER = 10_000;

/** Where this browser keeps that it was asked. */
const ASKED = 'asked for notifications';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-labbook:notifications',
  description:
    'Tells when the runs of an experiment have ended, or will not do well.',
  autoStart: true,
  requires: [ILabbook],
  optional: [ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    labbook: ILabbook,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    const words = wordsFrom(translator);
    const store = browserStore(() => window.localStorage);
    let wanted = true;
    let outside = false;
    followSetting(settings, 'notifications', true, value => {
      wanted = value;
    });
    followSetting(settings, 'browserNotifications', false, (value, changed) => {
      outside = value;
      if (value && (changed || isToAsk(store))) {
        store.set(ASKED, 'yes');
        askBrowser(words, settings!);
      }
    });
    const endings = new Endings(notice => {
      const text = noticeWords(notice, words);
      if (wanted) {
        toast(app, notice, text, words);
      }
      if (outside && document.hidden) {
        tellBrowser(app, notice, text);
      }
    });
    labbook.source.onEnded(ended => endings.add(ended));
    labbook.source.onLooked(looked => {
      if (wanted && looked.experiments.length) {
        Toast.emit(
          lookedWords(looked, words),
          looked.problems ? 'error' : 'warning',
          {
            // Who does not see it until the night comes loses the night.
            autoClose: looked.problems ? false : CLOSES_AFTER,
            actions: [
              {
                label: words.__('Show'),
                callback: () =>
                  void app.commands.execute('labbook:open', {
                    experiment: looked.experiments[0],
                    name: looked.names[0]
                  })
              }
            ]
          }
        );
      }
    });
  }
};

function toast(
  app: JupyterFrontEnd,
  { ended, kind }: Notice,
  text: string,
  words: Words
): void {
  const { experiment, name } = ended;
  const run = (command: string) => (): void => {
    void app.commands.execute(command, { experiment, name });
  };
  Toast.emit(text, kind, {
    // What failed stays until somebody has seen it.
    autoClose: kind === 'error' ? false : CLOSES_AFTER,
    actions: [
      { label: words.__('Show'), callback: run('labbook:open') },
      ...(ended.last
        ? [{ label: words.__('Conclude'), callback: run('labbook:conclude') }]
        : [])
    ]
  });
}

/** Tell it outside of the page, where nobody looks at the page. */
function tellBrowser(
  app: JupyterFrontEnd,
  { ended }: Notice,
  text: string
): void {
  if (
    typeof Notification === 'undefined' ||
    Notification.permission !== 'granted'
  ) {
    return;
  }
  const { experiment, name } = ended;
  // One for each experiment: a newer one takes the place of the older.
  const shown = new Notification(text, { tag: `labbook ${experiment}` });
  shown.onclick = () => {
    window.focus();
    shown.close();
    void app.commands.execute('labbook:open', { experiment, name });
  };
}

/**
 * Ask for the permission by a click of one's own: browsers refuse other questions.
 *
 * Where it is not to be had, the setting says so: it is off again.
 */
function askBrowser(words: Words, settings: ISettingRegistry): void {
  const refuse = (sentence: string): void => {
    // Without a time it would only be counted beside the bell.
    Toast.warning(sentence, { autoClose: CLOSES_AFTER });
    void storeSetting(settings, 'browserNotifications', false);
  };
  const blocked = words.__(
    'The browser blocks notifications of this page; allow them there, then ' +
      'turn the setting on again.'
  );
  if (typeof Notification === 'undefined') {
    refuse(
      words.__(
        'This browser shows notifications on secure pages alone (HTTPS).'
      )
    );
  } else if (Notification.permission === 'denied') {
    refuse(blocked);
  } else if (Notification.permission === 'default') {
    const ask = async (): Promise<void> => {
      if ((await Notification.requestPermission()) === 'denied') {
        refuse(blocked);
      }
    };
    Toast.info(
      words.__(
        'Tell you through the browser when runs end and the tab is hidden?'
      ),
      {
        autoClose: false,
        actions: [
          {
            label: words.__('Allow'),
            displayType: 'accent',
            callback: () => void ask()
          }
        ]
      }
    );
  }
}

/** Whether the setting was turned on elsewhere, and this browser never asked. */
function isToAsk(store: Store): boolean {
  return (
    typeof Notification !== 'undefined' &&
    Notification.permission === 'default' &&
    store.get(ASKED) === null
  );
}

export default plugin;
