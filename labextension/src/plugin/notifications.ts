import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification as Toast } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';
import { Endings, type Notice } from '../data/endings.js';
import type { Words } from '../data/words.js';
import { noticeWords } from '../views/notice.js';
import { wordsFrom } from './host.js';
import { ILabbook } from './labbook.js';
import { followSetting, storeSetting } from './settings.js';

const CLOSES_AFTER = 10_000;

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-labbook:notifications',
  description: 'Tells when the runs of an experiment have ended.',
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
    let wanted = true;
    let outside = false;
    followSetting(settings, 'notifications', true, value => {
      wanted = value;
    });
    followSetting(settings, 'browserNotifications', false, (value, changed) => {
      outside = value;
      if (value && changed) {
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
 * Ask for the permission, once, by a click: browsers refuse other questions.
 */
function askBrowser(words: Words, settings: ISettingRegistry): void {
  if (typeof Notification === 'undefined') {
    Toast.warning(
      words.__(
        'This browser shows notifications on secure pages alone (HTTPS).'
      )
    );
    void storeSetting(settings, 'browserNotifications', false);
  } else if (Notification.permission === 'denied') {
    Toast.warning(
      words.__(
        'The browser blocks notifications of this page; allow them there.'
      )
    );
  } else if (Notification.permission === 'default') {
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
            callback: () => void Notification.requestPermission()
          }
        ]
      }
    );
  }
}

export default plugin;
