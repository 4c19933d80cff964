import { beforeEach, describe, expect, it } from 'vitest';
import { readView } from '../src/data/run.js';
import { english } from '../src/data/words.js';
import { lookedWords } from '../src/views/notice.js';
import { StaticRunView } from '../src/views/run.js';
import { LiveRunView } from '../src/views/experiment.js';
import { aHost, aRun, HeldExperiment } from './experimentSource.js';

const crash = {
  kind: 'smoke',
  severity: 'problem',
  sentence: 'bad/001 would have crashed 1.2 s after its start: <b>NaN</b>.',
  runs: ['bad/001'],
  remedy: { verb: 'stop bad' },
  detail: 'Traceback\n  <i>line</i>'
};
const lacking = {
  kind: 'ablations',
  severity: 'warning',
  sentence: 'No run of bad has augment=false.',
  runs: ['bad'],
  remedy: null,
  detail: ''
};
const found = (checked: object | null): object => ({
  name: 'bad',
  number: 1,
  runs: [aRun('001', { state: 'waiting' })],
  checked
});

let view: StaticRunView;
const part = (): HTMLElement =>
  view.node.querySelector<HTMLElement>('.labbook-checked')!;
const draw = (checked: object | null): Promise<void> =>
  view.update({ version: 1, svg: '', view: found(checked) });

beforeEach(() => {
  view = new StaticRunView();
  document.body.replaceChildren(view.node);
});

describe('what was found before the runs start', () => {
  it('is counted and told as text, each with the command that mends it', async () => {
    await draw({
      ...{ state: 'done', time: '', reason: '' },
      findings: [crash, lacking]
    });
    expect(part().querySelector('p')!.textContent).toBe(
      'Before it starts: 1 problem, 1 warning.'
    );
    const items = [...part().querySelectorAll('li')];
    expect(items.map(item => item.firstElementChild!.textContent)).toEqual([
      'problem',
      'warning'
    ]);
    expect(items[0]!.textContent).toContain('<b>NaN</b>');
    expect(items[0]!.querySelector('pre')!.textContent).toContain('<i>');
    expect(
      [...part().querySelectorAll('code')].map(c => c.textContent)
    ).toEqual(['%labbook stop bad']);
    expect(part().querySelector('b, i')).toBeNull();
  });

  it('says when nothing was found, and nothing where nobody looked', async () => {
    await draw({ state: 'done', time: '', reason: '', findings: [] });
    expect(part().textContent).toContain('nothing was found');
    await draw(null);
    expect(part()).toBeNull();
  });

  it('says that it is being looked into, with what was found before', async () => {
    await draw({
      state: 'under-way',
      time: '',
      reason: '',
      findings: [lacking]
    });
    expect(part().textContent).toContain(
      'It is being looked into before it starts. Found before: 1 warning.'
    );
  });

  it('says that checking did not end, why, and how to look again', async () => {
    await draw({
      state: 'broken-off',
      time: '',
      reason: 'No disk.',
      findings: []
    });
    expect(part().textContent).toContain('Checking did not end (No disk);');
    expect(part().querySelector('code')!.textContent).toBe(
      '%labbook preflight bad'
    );
  });

  it('is bounded', async () => {
    const findings = Array.from({ length: 9 }, () => lacking);
    await draw({ state: 'done', time: '', reason: '', findings });
    expect(part().querySelectorAll('li')).toHaveLength(6);
    expect(part().textContent).toContain('and 3 more');
  });

  it('is nothing where the data are no findings', () => {
    expect(readView(found({ state: 'odd' }))!.checked).toBeNull();
    const read = readView(
      found({ state: 'done', findings: [{ severity: 'dire' }, 7] })
    )!.checked!;
    expect(read.findings).toEqual([
      { kind: '', severity: 'note', sentence: '', remedy: '', detail: '' }
    ]);
  });
});

describe('the live view', () => {
  it('draws findings when they come, and takes them away with the wait', () => {
    const source = new HeldExperiment();
    const live = new LiveRunView(source, aHost(english));
    const shown = (): string =>
      live.node.querySelector('.labbook-checked')?.textContent ?? '';
    const show = (checked: object | null): void => {
      source.view = readView(found(checked));
      source.tell('view');
    };
    show(null);
    expect(shown()).toBe('');
    show({ state: 'under-way', findings: [] });
    expect(shown()).toContain('being looked into');
    show({ state: 'done', findings: [crash] });
    expect(shown()).toContain('would have crashed');
    expect(
      live.node
        .querySelector('.labbook-mends button')!
        .getAttribute('aria-label')
    ).toBe('Copy: %labbook stop bad');
    show(null);
    expect(shown()).toBe('');
    live.dispose();
  });
});

describe('a notification of findings', () => {
  const told = (names: string[], problems: number, warnings: number): string =>
    lookedWords({ experiments: names, names, problems, warnings }, english);

  it('counts problems and warnings', () => {
    expect(told(['bad'], 1, 2)).toBe(
      'bad: 1 problem, 2 warnings before it starts'
    );
    expect(told(['a', 'b'], 0, 1)).toBe('a, b: 1 warning before they start');
    expect(told(['a', 'b', 'c', 'd'], 2, 0)).toBe(
      'a, b, c and 1 more: 2 problems before they start'
    );
  });
});
