/** The server as this page reaches it: one connection, however many plugins use it. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection, type Contents } from '@jupyterlab/services';
import { Api, queryOf, type Request } from '../data/rest/api.js';
import { Hub } from '../data/rest/hub.js';
import type { Words } from '../data/words.js';
import { browserPage } from './page.js';

const hubs = new WeakMap<ServerConnection.ISettings, Hub>();

/** What follows labbooks for this page. */
export function hubFor(
  settings: ServerConnection.ISettings,
  words: Words
): Hub {
  let hub = hubs.get(settings);
  if (!hub) {
    const root = URLExt.join(settings.baseUrl, 'jupyter-labbook/api/');
    const api = new Api(requestsTo(root, settings), root, { words });
    hub = new Hub(api, { page: browserPage(document, window) });
    hubs.set(settings, hub);
  }
  return hub;
}

/** Requests with this page's token and XSRF cookie, as Jupyter makes them. */
function requestsTo(
  root: string,
  settings: ServerConnection.ISettings
): Request {
  return (path, { query, ...init }) =>
    ServerConnection.makeRequest(
      `${root}${path}${queryOf(query ?? {})}`,
      init,
      settings
    );
}

/** The path below the server's root of what a program calls `path`; or nothing. */
export function serverPath(
  path: string | undefined,
  contents: Pick<Contents.IManager, 'driveName' | 'localPath'>
): string {
  const drive = contents.driveName(path ?? '');
  // Documents that several people edit at once have a drive of their own.
  return drive && drive !== 'RTC' ? '' : contents.localPath(path ?? '');
}
