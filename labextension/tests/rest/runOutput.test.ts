import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

vi.hoisted(() => {
  // Widgets can be dragged, in a browser.
  globalThis.DragEvent ??= class extends MouseEvent {} as typeof DragEvent;
});

import { Widget } from '@lumino/widgets';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { ExperimentSource } from '../../src/data/experiment.js';
import { Api } from '../../src/data/rest/api.js';
import { Hub } from '../../src/data/rest/hub.js';
import { RUN_MIME_TYPE } from '../../src/data/run.js';
import { english } from '../../src/data/words.js';
import { RunOutput } from '../../src/plugin/runOutput.js';
import { fast, LabbookServer, until } from './server.js';

const NAME = '0007-wider-forest';

let server: LabbookServer;
let hub: Hub;
let output: RunOutput;
let notebook: string;
let open: number;

beforeEach(async () => {
  server = await new LabbookServer().start();
  server.show(NAME, { question: 'As the folder says?' });
  server.routes.set('GET place', ({ query }) => {
    const name = query.get('path')!.split('/').at(-1)!;
    return server.experiments.has(name)
      ? [200, { labbook: 'labbook', experiment: name }]
      : [404, { message: 'It is not here.', reason: 'gone' }];
  });
  server.series = () => [200, { cursor: 'c', lines: [], runs: [] }];
  hub = new Hub(new Api(server.request), { pace: fast });
  notebook = 'a/n.ipynb';
  open = 0;
  output = new RunOutput({
    hub,
    notebook: () => notebook,
    live: view,
    run: {
      words: english,
      store: { get: () => null, set: () => undefined },
      ask: () => Promise.resolve(true),
      say: () => undefined
    }
  });
  Widget.attach(output, document.body);
});

afterEach(async () => {
  output.dispose();
  await server.stop();
  document.body.replaceChildren();
});

/** A view that shows the question, and whether it is open. */
function view(source: ExperimentSource): {
  node: HTMLElement;
  dispose(): void;
} {
  const node = document.createElement('section');
  node.className = 'live';
  const draw = (): void => {
    node.textContent = source.view?.question ?? '';
  };
  draw();
  open += 1;
  const leave = source.subscribe(draw);
  return {
    node,
    dispose: () => {
      leave();
      open -= 1;
      node.remove();
    }
  };
}

function model(
  question: string,
  { state = 'running', name = NAME, drawn = '' } = {}
): IRenderMime.IMimeModel {
  const data = {
    version: 1,
    ...(drawn && { drawn }),
    view: {
      name,
      number: 7,
      path: `/home/me/labbook/experiments/${name}`,
      question,
      runs: [{ label: '001', state }]
    }
  };
  return {
    trusted: false,
    metadata: {},
    data: { [RUN_MIME_TYPE]: data },
    setData: () => undefined
  };
}

const live = (): Element | null => output.node.querySelector('.live');
const still = (): string =>
  output.node.querySelector('.labbook-run h2')?.textContent ?? '';
const old = (): string =>
  output.node.querySelector('.labbook-old')?.textContent ?? '';

async function following(): Promise<void> {
  await until(() => expect(live()?.textContent).toBe('As the folder says?'));
}

describe('the output of a run', () => {
  it('shows at once what it holds, then what the folder says', async () => {
    await output.renderModel(model('As saved?'));
    expect(still()).toBe('As saved?');
    await following();
    expect(output.isLive).toBe(true);
    expect(still()).toBe('');
    const { query } = server.of('place')[0]!;
    expect(query.get('near')).toBe('a/n.ipynb');
    expect(query.get('path')).toBe(`/home/me/labbook/experiments/${NAME}`);
    server.show(NAME, { question: 'Now?' });
    server.change(NAME, 'view');
    await until(() => expect(live()?.textContent).toBe('Now?'));
  });

  it('draws what has ended before the folder has been read for the rest', async () => {
    server.routes.set(`GET experiments/${NAME}`, () => 'hang');
    await output.renderModel(model('As saved?', { state: 'finished' }));
    await until(() => expect(live()?.textContent).toBe('As saved?'));
  });

  it('leaves the kernel unheard once it follows the folder', async () => {
    await output.renderModel(model('As saved?'));
    await following();
    const asked = server.of('place').length;
    await output.renderModel(model('As the kernel says?'));
    await server.quiet();
    expect(live()?.textContent).toBe('As the folder says?');
    expect(still()).toBe('');
    expect(server.of('place')).toHaveLength(asked);
  });

  it('is drawn by the kernel where there is no folder', async () => {
    await output.renderModel(model('One?', { name: '0001-elsewhere' }));
    await until(() => expect(server.of('place')[0]?.status).toBe(404));
    await server.quiet();
    await output.renderModel(model('Two?', { name: '0001-elsewhere' }));
    await server.quiet();
    expect(still()).toBe('Two?');
    expect(output.isLive).toBe(false);
    expect(server.of('place')).toHaveLength(1);
    // The kernel has just drawn: nothing is old.
    expect(old()).toBe('');
  });

  it('says since when it is old, if runs were live and nobody draws', async () => {
    const drawn = '2026-01-02T03:04:05+00:00';
    const name = '0001-elsewhere';
    await output.renderModel(model('One?', { name, drawn }));
    await until(() => expect(old()).toContain('It is not here.'));
    expect(old()).toContain(new Date(drawn).toLocaleString());
    await output.renderModel(
      model('Two?', { name, drawn: new Date().toISOString() })
    );
    expect(old()).toBe('');
  });

  it('is not old where every run has ended', async () => {
    const name = '0001-elsewhere';
    const drawn = '2026-01-02T03:04:05+00:00';
    await output.renderModel(model('One?', { name, drawn, state: 'failed' }));
    await until(() => expect(server.of('place')[0]?.status).toBe(404));
    await server.quiet();
    await output.renderModel(model('One?', { name, drawn, state: 'failed' }));
    await server.quiet();
    expect(old()).toBe('');
  });

  it('stays as it is without the server extension, and says so', async () => {
    server.routes.set('GET place', () => [404, '<h1>404</h1>']);
    await output.renderModel(model('One?', { drawn: '2026-01-02T03:04:05Z' }));
    await until(() => expect(old()).toContain('is not enabled'));
    expect(still()).toBe('One?');
  });

  it('follows the folder once the server is back', async () => {
    await server.stop();
    await output.renderModel(model('One?', { drawn: '2026-01-02T03:04:05Z' }));
    await until(() => expect(old()).toContain('cannot be reached'));
    await server.start();
    await following();
    expect(old()).toBe('');
  });

  it('goes back to what it holds when the folder is gone at once', async () => {
    server.routes.set(`GET experiments/${NAME}`, () => [
      404,
      { message: 'Moved.', reason: 'gone' }
    ]);
    await output.renderModel(model('One?', { drawn: '2026-01-02T03:04:05Z' }));
    await until(() => expect(old()).toContain('Moved.'));
    expect(still()).toBe('One?');
    expect(open).toBe(0);
  });

  it('shows the other experiment that it is given', async () => {
    server.show('0008-other', { question: 'The other?' });
    await output.renderModel(model('One?'));
    await following();
    await output.renderModel(model('Other?', { name: '0008-other' }));
    await until(() => expect(live()?.textContent).toBe('The other?'));
    expect(open).toBe(1);
    expect(output.node.children).toHaveLength(1);
  });

  it('follows a folder that was moved together with its notebook', async () => {
    await output.renderModel(model('One?'));
    await following();
    let moved = false;
    server.routes.set(`GET experiments/${NAME}`, ({ query }) => [
      ...(query.get('labbook') === 'b/labbook'
        ? ([
            200,
            { version: 1, view: { name: NAME, question: 'There?' } }
          ] as const)
        : ([404, { message: 'Moved.', reason: 'gone' }] as const))
    ]);
    server.routes.set('GET place', () => {
      moved = true;
      return [200, { labbook: 'b/labbook', experiment: NAME }];
    });
    server.change(NAME, 'view');
    await until(() => expect(live()?.textContent).toBe('There?'));
    expect(moved).toBe(true);
    expect(open).toBe(1);
  });

  it('has a sentence for what it cannot read, and asks nobody', async () => {
    const data = { [RUN_MIME_TYPE]: 'broken' };
    await output.renderModel({ ...model('One?'), data });
    expect(output.node.textContent).toContain('run its cell again');
    await output.renderModel(model('One?'));
    await following();
    await server.quiet();
    expect(server.of('place')).toHaveLength(1);
  });

  it('is still live when its notebook is hidden and shown again', async () => {
    await output.renderModel(model('One?'));
    await following();
    Widget.detach(output);
    server.show(NAME, { question: 'Meanwhile?' });
    server.change(NAME, 'view');
    Widget.attach(output, document.body);
    await until(() => expect(live()?.textContent).toBe('Meanwhile?'));
  });

  it('leaves nothing behind', async () => {
    await output.renderModel(model('One?'));
    await following();
    output.dispose();
    output.dispose();
    expect(open).toBe(0);
    await until(() => expect(server.streams.size).toBe(0));
    expect(hub.size).toBe(0);
    await server.quiet();
    const asked = server.asked.length;
    await output.renderModel(model('Two?'));
    server.change(NAME, 'view');
    await server.quiet();
    expect(server.asked).toHaveLength(asked);
  });

  it('leaves nothing behind when it goes before it was answered', async () => {
    server.routes.set('GET place', () => 'hang');
    await output.renderModel(model('One?'));
    await until(() => expect(server.of('place')).toHaveLength(1));
    output.dispose();
    expect(hub.size).toBe(0);
    expect(document.body.children).toHaveLength(0);
  });
});
