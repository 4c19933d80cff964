import { describe, expect, it } from 'vitest';
import { uuid } from '../src/data/uuid.js';
import {
  WidgetPlanSource,
  type WidgetModel
} from '../src/data/widgetSource.js';
import widget from '../src/widget/plan.js';
import { settle } from './source.js';

type Callback = (...values: never[]) => void;

class Model implements WidgetModel {
  traits: Record<string, unknown> = {};
  saved: Record<string, unknown> = {};
  sent: Record<string, unknown>[] = [];
  gone = false;
  callbacks = new Map<string, Set<Callback>>();

  get = (name: string): unknown => this.traits[name];
  set = (name: string, value: unknown): void => {
    this.traits[name] = value;
  };
  save_changes = (): void => {
    this.saved = { ...this.traits };
  };
  on = (event: string, callback: Callback): void => {
    this.callbacks.set(
      event,
      (this.callbacks.get(event) ?? new Set()).add(callback)
    );
  };
  off = (event: string, callback: Callback): void => {
    this.callbacks.get(event)?.delete(callback);
  };
  send = (content: unknown): void => {
    if (this.gone) {
      throw new Error('Comm is closed');
    }
    this.sent.push(content as Record<string, unknown>);
  };
  emit(event: string, ...values: unknown[]): void {
    this.callbacks.get(event)?.forEach(each => each(...(values as never[])));
  }
  get listening(): number {
    return [...this.callbacks.values()].reduce((sum, set) => sum + set.size, 0);
  }
}

describe('a plan behind a widget', () => {
  it('resolves with the answer to its own message alone', async () => {
    const model = new Model();
    const source = new WidgetPlanSource(model);
    let stored = false;
    void source.apply({ op: 'undo' }).then(() => (stored = true));
    expect(model.sent[0]).toMatchObject({ op: 'undo' });
    model.emit('msg:custom', { id: 'of another view', ok: true });
    await settle();
    expect(stored).toBe(false);
    model.emit('msg:custom', { id: model.sent[0]!.id, ok: true });
    await settle();
    expect(stored).toBe(true);
  });

  it('rejects with the sentence of the kernel', async () => {
    const model = new Model();
    const source = new WidgetPlanSource(model);
    const answer = source.apply({ op: 'undo' });
    model.emit('msg:custom', { id: model.sent[0]!.id, error: 'Read-only.' });
    await expect(answer).rejects.toThrow('Read-only.');
    const silent = source.apply({ op: 'undo' });
    model.emit('msg:custom', { id: model.sent[1]!.id });
    await expect(silent).rejects.toThrow('gave no reason');
  });

  it('rejects when there is no kernel to ask', async () => {
    const model = new Model();
    model.gone = true;
    await expect(
      new WidgetPlanSource(model).apply({ op: 'undo' })
    ).rejects.toThrow('the kernel is gone');
  });

  it('tells of new states until it is disposed of', () => {
    const model = new Model();
    const source = new WidgetPlanSource(model);
    let told = 0;
    const stop = source.subscribe(() => (told += 1));
    model.traits.path = 'labbook/plan.md';
    model.emit('change:path');
    expect(told).toBe(1);
    expect(source.state).toEqual({
      lists: [],
      path: 'labbook/plan.md',
      problem: '',
      live: true
    });
    stop();
    model.emit('change:path');
    expect(told).toBe(1);
    source.dispose();
    expect(model.listening).toBe(0);
  });
});

describe("the widget's module", () => {
  it('draws a plan into its cell and cleans up after itself', () => {
    const model = new Model();
    const el = document.createElement('div');
    const end = widget.render({ model, el });
    expect(el.querySelectorAll('.labbook-list')).toHaveLength(5);
    end();
    expect(el.children).toHaveLength(0);
    expect(model.listening).toBe(0);
  });
});

it('makes ids of their own, with the marks of version 4', () => {
  const ids = new Set(Array.from({ length: 100 }, uuid));
  expect(ids.size).toBe(100);
  for (const id of ids) {
    expect(id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    );
  }
});

describe('the widget', () => {
  it('tells the kernel while somebody is at work in it', () => {
    const model = new Model();
    const el = document.createElement('div');
    document.body.append(el);
    const cleanUp = widget.render({ model, el });
    const button = el.querySelector('button')!;
    button.focus();
    expect(model.saved.editing).toBe(true);
    button.blur();
    expect(model.saved.editing).toBe(false);
    cleanUp();
    el.remove();
  });
});
