import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';
import { Mornings } from '../data/mornings.js';
import { visible } from '../views/text.js';
import { wordsFrom } from './host.js';
import { ILabbook, type Nights } from './labbook.js';
import { followSetting } from './settings.js';
import { browserStore } from './store.js';

const CLOSES_AFTER = 20_000;

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-labbook:morning',
  description: 'Says once a day that there is a digest nobody has read.',
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
    const mornings = new Mornings(browserStore(() => window.localStorage));
    let wanted = true;
    followSetting(settings, 'notifications', true, value => {
      wanted = value;
    });
    let shown: Nights | null = null;
    let leave = (): void => undefined;
    const tell = (): void => {
      const digest = shown?.digest.digest;
      const { labbook: path } = labbook.source;
      if (digest && wanted && mornings.isToTell(path, digest)) {
        const said = `${visible(digest.good)}. ${visible(digest.headline)}`;
        Notification.info(said, {
          autoClose: CLOSES_AFTER,
          actions: [
            {
              label: words.__('Read'),
              displayType: 'accent',
              callback: () => {
                void app.commands.execute('labbook:show-morning');
              }
            }
          ]
        });
      }
    };
    labbook.source.subscribe(() => {
      if (labbook.nights !== shown) {
        leave();
        shown = labbook.nights;
        leave = shown?.digest.subscribe(tell) ?? ((): void => undefined);
      }
    });
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && mornings.isNewDay()) {
        shown?.digest.refresh();
      }
    });
  }
};

export default plugin;
