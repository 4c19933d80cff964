import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

vi.hoisted(() => {
  // Widgets can be dragged, in a browser.
  globalThis.DragEvent ??= class extends MouseEvent {} as typeof DragEvent;
});

import { Widget } from '@lumino/widgets';
import type { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Api } from '../../src/data/rest/api.js';
import { Hub } from '../../src/data/rest/hub.js';
import { PLAN_MIME_TYPE, PlanOutput } from '../../src/plugin/planOutput.js';
import { fast, LabbookServer, until } from './server.js';

const PATH = '/home/me/labbook';

let server: LabbookServer;
let output: PlanOutput;

/** Draws the text that an output carries. */
class Other extends Widget implements IRenderMime.IRenderer {
  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.addClass('other');
    this.node.textContent = model.data['text/plain'] as string;
    return Promise.resolve();
  }
}

const registry = {
  preferredMimeType: (data: object) => Object.keys(data)[0],
  createRenderer: () => new Other()
} as unknown as IRenderMimeRegistry;

beforeEach(async () => {
  server = await new LabbookServer().start();
  server.routes.set('GET place', () => [
    200,
    { labbook: 'labbook', experiment: '' }
  ]);
  server.plan = {
    ...server.plan,
    lists: [{ list: 'question', title: 'Questions', items: [item('Why?')] }]
  };
  output = new PlanOutput({
    hub: new Hub(new Api(server.request), { pace: fast }),
    notebook: () => 'n.ipynb',
    rendermime: () => registry
  });
  Widget.attach(output, document.body);
});

afterEach(async () => {
  output.dispose();
  await server.stop();
  document.body.replaceChildren();
});

function item(text: string): object {
  return {
    ...{ id: text, list: 'question', text, done: false, priority: 'normal' },
    ...{ expected: '', setup: '', impact: '' }
  };
}

function model(plain: string, path = PATH): IRenderMime.IMimeModel {
  return {
    trusted: false,
    metadata: {},
    data: {
      [PLAN_MIME_TYPE]: { version: 1, path },
      'text/plain': plain
    },
    setData: () => undefined
  };
}

const plan = (): Element | null => output.node.querySelector('.labbook-plan');
const other = (): string =>
  output.node.querySelector('.other')?.textContent ?? '';

describe('the plan in an output', () => {
  it('is read from the folder', async () => {
    await output.renderModel(model('as it was'));
    await until(() => expect(plan()?.textContent).toContain('Why?'));
    expect(other()).toBe('');
  });

  it('keeps what is typed when the kernel draws another form', async () => {
    await output.renderModel(model('as it was'));
    await until(() => expect(plan()?.textContent).toContain('Why?'));
    const view = plan()!;
    const field = view.querySelector('textarea')!;
    field.value = 'Half a thought';
    await output.renderModel(model('later'));
    expect(plan()).toBe(view);
    expect(field.value).toBe('Half a thought');
  });

  it('draws what it carries where the server does not find it', async () => {
    server.routes.set('GET place', () => [
      404,
      { message: 'It is elsewhere.', reason: 'outside' }
    ]);
    await output.renderModel(model('as it was'));
    await until(() => expect(other()).toBe('as it was'));
    await output.renderModel(model('later'));
    expect(other()).toBe('later');
    expect(plan()).toBeNull();
  });

  it('comes back by itself after a server that was down', async () => {
    server.refuse = 503;
    await output.renderModel(model('as it was'));
    await until(() => expect(server.asked.length).toBeGreaterThan(1));
    expect(plan()).toBeNull();
    server.refuse = 0;
    await until(() => expect(plan()?.textContent).toContain('Why?'));
  });

  it('is drawn anew for another labbook', async () => {
    await output.renderModel(model('as it was'));
    await until(() => expect(plan()).not.toBeNull());
    const before = plan();
    await output.renderModel(model('as it was', '/home/me/other/labbook'));
    await until(() => expect(plan()).not.toBeNull());
    expect(plan()).not.toBe(before);
  });
});
