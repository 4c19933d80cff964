import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** The plugin whose schema holds all settings. */
export const SETTINGS = 'jupyter-labbook:plugin';

export type Setting = 'notifications' | 'browserNotifications' | 'statusBar';

/** Call back with a setting, now and after each change; without settings, once. */
export function followSetting(
  registry: ISettingRegistry | null,
  name: Setting,
  otherwise: boolean,
  tell: (value: boolean, changed: boolean) => void
): void {
  if (!registry) {
    tell(otherwise, false);
    return;
  }
  registry.load(SETTINGS).then(
    settings => {
      const read = (): boolean => settings.get(name).composite !== false;
      let last = read();
      tell(last, false);
      settings.changed.connect(() => {
        if (read() !== last) {
          last = !last;
          tell(last, true);
        }
      });
    },
    () => tell(otherwise, false)
  );
}

/** Store a setting. */
export async function storeSetting(
  registry: ISettingRegistry,
  name: Setting,
  value: boolean
): Promise<void> {
  await registry.set(SETTINGS, name, value);
}
