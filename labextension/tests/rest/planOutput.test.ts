import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

vi.hoisted(() => {
  // Widgets can be dragged, in a browser.
  globalThis.DragEvent ??= class extends MouseEvent {} as typeof DragEvent;
});

import { Widget } from '@lumino/widgets';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Api } from '../../src/data/rest/api.js';
import { Hub } from '../../src/data/rest/hub.js';
import { english } from '../../src/data/words.js';
import { PLAN_MIME_TYPE, PlanOutput } from '../../src/plugin/planOutput.js';
import { fast, LabbookServer, until } from './server.js';

const WIDGET = 'application/vnd.jupyter.widget-view+json';
const ITEM = {
  ...{ id: 'one', list: 'test', text: 'The loader', done: false },
  ...{ priority: 'normal', expected: '', setup: '', impact: '' }
};

let server: LabbookServer;
let output: PlanOutput;
let others: Widget[];

beforeEach(async () => {
  server = await new LabbookServer().start();
  server.plan = {
    ...server.plan,
    lists: [{ list: 'test', title: 'Code', items: [ITEM] }]
  };
  server.routes.set('GET labbook', () => [200, { labbook: 'a/labbook' }]);
  others = [];
  output = new PlanOutput({
    words: english,
    store: { get: () => null, set: () => undefined },
    hub: new Hub(new Api(server.request), { pace: fast }),
    notebook: () => 'a/n.ipynb',
    makeExperiment: () => undefined,
    otherwise: of => (of.holds(WIDGET) ? new Other() : null)
  });
  Widget.attach(output, document.body);
});

afterEach(async () => {
  output.dispose();
  await server.stop();
  document.body.replaceChildren();
});

/** The kernel's widget, as another program draws it. */
class Other extends Widget implements IRenderMime.IRenderer {
  constructor() {
    super();
    others.push(this);
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.node.textContent = JSON.stringify(model.data[WIDGET]);
    return Promise.resolve();
  }
}

function model(resting = false): IRenderMime.IMimeModel {
  const data = {
    [PLAN_MIME_TYPE]: { version: 1, path: '/home/me/a/labbook', resting },
    ...(resting ? {} : { [WIDGET]: { model_id: 'm' } })
  };
  return {
    ...{ trusted: false, metadata: {}, data },
    setData: () => undefined
  };
}

const posted = (): object[] =>
  server.asked.filter(({ method }) => method === 'POST').map(of => of.body);
const box = (): HTMLInputElement | null =>
  output.node.querySelector('input[type=checkbox]');
const fold = (): HTMLDetailsElement => output.node.querySelector('details')!;

describe('a plan in an output', () => {
  it('is read from the server, by the folder that the output names', async () => {
    await output.renderModel(model());
    await until(() => expect(output.node.textContent).toContain('The loader'));
    const { query } = server.of('labbook')[0]!;
    expect(query.get('path')).toBe('/home/me/a/labbook');
    expect(query.get('near')).toBe('a/n.ipynb');
    expect(server.of('plan')[0]!.query.get('labbook')).toBe('a/labbook');
    expect(others).toEqual([]);
  });

  it('stores a tick through the server alone', async () => {
    await output.renderModel(model());
    await until(() => expect(box()).not.toBeNull());
    server.routes.set('POST plan', () => [200, server.plan]);
    box()!.click();
    await until(() =>
      expect(posted()).toEqual([
        expect.objectContaining({ op: 'tick', item: 'one', done: true })
      ])
    );
  });

  it('is one line where nobody works on it, and asks nothing until it is opened', async () => {
    await output.renderModel(model(true));
    await until(() => expect(server.of('labbook')[0]?.status).toBe(200));
    await server.quiet();
    expect(fold().open).toBe(false);
    expect(server.of('plan')).toEqual([]);
    fold().open = true;
    await until(() => expect(box()).not.toBeNull());
  });

  it('is not closed under a person who types into it', async () => {
    await output.renderModel(model());
    await until(() =>
      expect(output.node.querySelector('textarea')).not.toBeNull()
    );
    output.node.querySelector('textarea')!.focus();
    await output.renderModel(model(true));
    expect(fold().open).toBe(true);
    (document.activeElement as HTMLElement).blur();
    await until(() => expect(fold().open).toBe(false));
  });

  it.each([
    ['has no labbook there', 200, { labbook: '' }],
    ['has not our part', 404, '<h1>404</h1>']
  ])('is left to the widget if the server %s', async (_, status, body) => {
    server.routes.set('GET labbook', () => [status, body]);
    await output.renderModel(model());
    await until(() => expect(output.node.textContent).toBe('{"model_id":"m"}'));
    expect(output.node.querySelector('.labbook-plan')).toBeNull();
    output.dispose();
    expect(others.map(other => other.isDisposed)).toEqual([true]);
  });

  it('waits for a server that is away', async () => {
    await server.stop();
    await output.renderModel(model());
    await server.start();
    await until(() => expect(box()).not.toBeNull());
    expect(others).toEqual([]);
  });
});
