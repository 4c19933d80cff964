import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { english } from '../src/data/words.js';
import { LiveRunView } from '../src/views/experiment.js';
import {
  aHost,
  anExperiment,
  aRun,
  HeldExperiment
} from './experimentSource.js';
import { settle } from './source.js';

let source: HeldExperiment;
let host: ReturnType<typeof aHost>;
let view: LiveRunView;

const all = <E extends HTMLElement = HTMLElement>(selector: string): E[] => [
  ...view.node.querySelectorAll<E>(selector)
];
const find = <E extends HTMLElement = HTMLElement>(selector: string): E =>
  view.node.querySelector<E>(selector)!;
const text = (selector: string): string =>
  all(selector)
    .filter(node => !node.closest('[hidden]'))
    .map(node => node.textContent)
    .join('|');
const spoken = (): string => text('.labbook-spoken');

function button(name: string): HTMLButtonElement {
  const found = all<HTMLButtonElement>('button').filter(
    node =>
      !node.closest('[hidden]') && (node.ariaLabel ?? node.textContent) === name
  );
  expect(found, name).toHaveLength(1);
  return found[0]!;
}

const buttons = (inside: string): string[] =>
  all<HTMLButtonElement>(`${inside} button`)
    .filter(node => !node.closest('[hidden]'))
    .map(node => node.textContent);

function open(): void {
  view = new LiveRunView(source, host);
  document.body.replaceChildren(view.node);
}

function press(node: Element, key: string, more: object = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', {
    ...{ key, bubbles: true, cancelable: true },
    ...more
  });
  node.dispatchEvent(event);
  return event;
}

const verdict = (outcome: string): object => ({
  prediction: 'accuracy > 0.9',
  outcome,
  observed: '',
  reason: '',
  probability: 0.8
});

const three = (...states: string[]): object[] =>
  states.map((state, at) =>
    aRun(`00${at + 1}`, { state, parameters: { trees: 30 * (at + 1) } })
  );

beforeEach(() => {
  source = new HeldExperiment();
  host = aHost(english);
});

afterEach(() => {
  view.dispose();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a run view', () => {
  it('is busy until the first answer, then shows what was asked', () => {
    open();
    expect(view.node.getAttribute('aria-busy')).toBe('true');
    expect(text('.labbook-empty')).toBe('Reading the experiment…');
    source.show(
      anExperiment({
        verdicts: [verdict('supported')],
        tags: ['digits'],
        impact: 'Look at depth next.',
        note: 'Version 2.'
      })
    );
    expect(view.node.hasAttribute('aria-busy')).toBe(false);
    expect(text('h2')).toBe('Does a wider forest still help?');
    expect(text('.labbook-hypothesis')).toBe(
      'Hypothesis Hardly.|Impact Look at depth next.'
    );
    expect(text('.labbook-tag')).toBe('digits');
    expect(text('.labbook-note')).toBe('Version 2.');
    const chip = find('.labbook-verdicts .labbook-chip');
    expect([chip.textContent, chip.dataset.tone]).toEqual([
      'supported',
      'good'
    ]);
    expect(text('.labbook-verdicts')).toContain('expected with 80 %');
    expect(text('dl')).toContain('trees100');
  });

  it('marks an experiment that only has a reason as exploring', () => {
    source.show(anExperiment({ question: '', why: 'To see the noise' }));
    open();
    expect(text('h2')).toBe('To see the noise');
    expect(text('.labbook-name .labbook-chip')).toBe('exploring');
  });

  it('keeps every node that need not change', () => {
    source.show(anExperiment({ verdicts: [verdict('pending')] }));
    open();
    const nodes = all('*');
    const mutations = new MutationObserver(() => undefined);
    mutations.observe(view.node, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true
    });
    source.show({});
    expect(mutations.takeRecords()).toEqual([]);
    expect(all('*')).toEqual(nodes);
  });

  it('shows hostile text as text', () => {
    const evil = '<img src=x onerror=alert(1)>\u202e';
    source.next = [[evil, evil]];
    source.show(
      anExperiment({
        ...{ question: evil, hypothesis: evil, note: evil, name: evil },
        ...{ conclusion: evil, tags: [evil], varied: [evil] },
        verdicts: [{ ...verdict('refuted'), prediction: evil, reason: evil }],
        runs: [
          aRun(evil, { state: 'failed', reason: evil, final: { [evil]: 1 } }),
          aRun('2', { state: evil, parameters: { [evil]: evil } })
        ]
      })
    );
    source.write(evil, evil);
    open();
    expect(all('img, script')).toEqual([]);
    expect(view.node.textContent).not.toContain('\u202e');
    expect(text('h2')).toContain('<img src=x onerror=alert(1)>\\u202e');
  });

  it('tells the source whether it is seen, and leaves when it is disposed', () => {
    const observed: { callback: (entries: object[]) => void; off: boolean }[] =
      [];
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        constructor(callback: (entries: object[]) => void) {
          observed.push({ callback, off: false });
        }
        observe(): void {}
        disconnect(): void {
          observed[0]!.off = true;
        }
      }
    );
    open();
    expect(source.visible).toBe(false);
    observed[0]!.callback([{ isIntersecting: true }]);
    expect(source.visible).toBe(true);
    view.dispose();
    expect([source.visible, source.listeners, observed[0]!.off]).toEqual([
      false,
      0,
      true
    ]);
    expect(view.node.isConnected).toBe(false);
  });

  it('is seen where the browser cannot tell', () => {
    open();
    expect(source.visible).toBe(true);
  });
});

describe('the standing of runs', () => {
  const progress = { done: 30, total: 120, remaining: 90, text: '' };

  it('ticks between two answers, and not when it is old', () => {
    vi.useFakeTimers();
    source.show(anExperiment({ runs: [aRun('001', { progress })] }));
    open();
    expect(text('.labbook-standing .labbook-chip')).toBe('running');
    expect(text('.labbook-words')).toBe('30 of 120');
    expect(text('.labbook-time')).toBe('about 2 min left · 1 min elapsed');
    expect(find('[role=progressbar]').getAttribute('aria-valuenow')).toBe('25');
    vi.advanceTimersByTime(2_000);
    expect(text('.labbook-time')).toBe('about 2 min left · 1 min 2 s elapsed');
    source.trouble({ contact: 'stale' });
    vi.advanceTimersByTime(5_000);
    expect(text('.labbook-time')).toBe('about 2 min left · 1 min 2 s elapsed');
    source.trouble({ contact: 'live' });
    vi.advanceTimersByTime(200_000);
    expect(text('.labbook-time')).toContain('less than a minute left');
  });

  it('stops counting when the run has ended', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    source.show(anExperiment({ runs: [aRun('001', { progress })] }));
    open();
    const counting = vi.getTimerCount();
    source.show({ runs: [aRun('001', { state: 'finished', seconds: 61 })] });
    expect(vi.getTimerCount()).toBe(counting - 1);
    expect(text('.labbook-time')).toBe('1 min 1 s');
    expect(find('[role=progressbar]').hidden).toBe(true);
  });

  it('adds up a sweep, with the time that waiting runs will take', () => {
    const runs = [
      aRun('001', { state: 'finished', seconds: 100 }),
      aRun('002', { progress, seconds: 30 }),
      aRun('003', { state: 'waiting', seconds: null }),
      aRun('004', { state: 'waiting', seconds: null })
    ];
    source.show(anExperiment({ runs }));
    open();
    expect(text('.labbook-words')).toBe('1 running, 2 waiting, 1 finished');
    expect(text('.labbook-time')).toBe(
      'about 5 min left · 2 min 10 s of computing'
    );
    expect(find('[role=progressbar]').getAttribute('aria-valuenow')).toBe('31');
    source.show({ runs: three('finished', 'finished', 'failed') });
    expect(text('.labbook-words')).toBe('1 failed, 2 finished');
    expect(text('.labbook-time')).toBe('3 min in all');
  });

  it('does not guess the time of what has never been seen to end', () => {
    source.show(
      anExperiment({
        runs: [aRun('001', { progress }), aRun('002', { state: 'waiting' })]
      })
    );
    open();
    expect(text('.labbook-time')).toBe('2 min of computing');
    source.show({ runs: [aRun('001')] });
    expect(text('.labbook-time')).toBe('1 min elapsed');
    expect(find('[role=progressbar]').hidden).toBe(true);
  });

  it.each([
    ['registered', 'run its cell again'],
    ['waiting', 'It starts by itself'],
    ['held', 'you did not sign'],
    ['failed', 'the end of its output'],
    ['stopped', 'what it logged until then is kept'],
    ['cancelled', 'before it started'],
    ['lost', 'vanished'],
    ['unknown', 'another machine']
  ])('of a run that is %s says what that means', (state, words) => {
    source.show(anExperiment({ runs: [aRun('001', { state })] }));
    open();
    expect(text('.labbook-meanings')).toContain(words);
  });

  it('gives the reason of a failure instead', () => {
    source.show(
      anExperiment({
        runs: [
          aRun('001', { state: 'failed', reason: 'Out of memory.' }),
          aRun('002', { state: 'held' })
        ]
      })
    );
    open();
    expect(all('.labbook-meanings li').map(node => node.textContent)).toEqual([
      expect.stringContaining('1 held It waits under a ticket'),
      '1 failed Out of memory.'
    ]);
  });

  it.each([
    ['registered', 'They are written down'],
    ['waiting', 'They start by themselves'],
    ['held', 'They wait under tickets'],
    ['failed', 'They ended with errors'],
    ['stopped', 'They were stopped'],
    ['cancelled', 'They were taken back'],
    ['lost', 'Their processes vanished'],
    ['unknown', 'They were started']
  ])('of several runs that are %s speaks of several', (state, words) => {
    source.show(
      anExperiment({ runs: [aRun('001', { state }), aRun('002', { state })] })
    );
    open();
    expect(text('.labbook-meanings')).toContain(`2 ${state} ${words}`);
  });

  it('gives a reason as a sentence, and then only what is to be done', () => {
    const reason = 'it vanished without an exit record';
    source.show(
      anExperiment({ runs: [aRun('001', { state: 'lost', reason })] })
    );
    open();
    expect(text('.labbook-meanings')).toBe(
      'It vanished without an exit record. What it logged is kept: rerun it.'
    );
  });

  it('has a word for an experiment without runs', () => {
    source.show(anExperiment({ runs: [] }));
    open();
    expect(text('.labbook-words')).toBe('no runs yet');
    expect(buttons('.labbook-control')).toEqual([]);
  });

  it('says each change of state and each verdict once', () => {
    source.show(anExperiment({ verdicts: [verdict('pending')] }));
    open();
    expect(spoken()).toBe('');
    source.show({ runs: [aRun('001', { progress })] });
    expect(spoken()).toBe('');
    source.show({
      runs: [aRun('001', { state: 'finished' })],
      verdicts: [verdict('refuted')]
    });
    expect(spoken()).toBe(
      'Run 001 is finished. Prediction accuracy > 0.9: refuted.'
    );
    const mutations = new MutationObserver(() => undefined);
    mutations.observe(find('.labbook-spoken'), { childList: true });
    source.show({ note: 'Version 2.' });
    expect(mutations.takeRecords()).toEqual([]);
  });

  it('says of a long sweep what failed, and when all have ended', () => {
    const states = Array.from({ length: 12 }, () => 'running');
    source.show(anExperiment({ runs: three(...states) }));
    open();
    states[0] = 'finished';
    states[1] = 'failed';
    source.show({ runs: three(...states) });
    expect(spoken()).toBe('Run 002 is failed.');
    source.show({ runs: three('failed', ...states.slice(1).fill('finished')) });
    expect(spoken()).toBe('All runs have ended: 1 failed, 11 finished.');
  });
});

describe('freshness', () => {
  const told = (): string => text('.labbook-freshness');

  it('says that the view is live, or how it is looked after', () => {
    open();
    expect(told()).toBe('live');
    expect(find('.labbook-freshness').getAttribute('role')).toBe('status');
    source.trouble({ contact: 'polling' });
    expect(told()).toBe('looked at every few seconds');
  });

  it('does not flicker for a second of trouble', () => {
    vi.useFakeTimers();
    open();
    source.trouble({ contact: 'stale' });
    vi.advanceTimersByTime(1_000);
    source.trouble({ contact: 'live' });
    vi.advanceTimersByTime(5_000);
    expect(told()).toBe('live');
  });

  it('says since when it shows old data, and recovers at once', () => {
    vi.useFakeTimers({ now: new Date(2026, 10, 22, 14, 5) });
    open();
    const since = new Date(2026, 10, 22, 14, 2);
    const sentence = 'The server does not answer; trying again.';
    source.trouble({ contact: 'stale', since, sentence });
    vi.advanceTimersByTime(1_500);
    expect(told()).toBe(
      'Shown as of 14:02: the server does not answer; trying again.'
    );
    source.trouble({ sentence: 'The disk does not answer.' });
    expect(told()).toBe('Shown as of 14:02: the disk does not answer.');
    source.trouble({ contact: 'live' });
    expect(told()).toBe('live');
  });

  it.each([
    ['stale', 'does not answer'],
    ['unauthorized', 'log in again'],
    ['gone', 'was it moved?']
  ] as const)('%s has a sentence of its own', (contact, words) => {
    vi.useFakeTimers();
    source.show(anExperiment());
    open();
    source.trouble({ contact, since: new Date(0) });
    vi.advanceTimersByTime(1_500);
    expect(told()).toContain(words);
    expect(told()).toMatch(/Shown as of .*\d+.*, \d\d:\d\d: /);
    expect(text('h2')).toBe('Does a wider forest still help?');
  });
});

describe('control', () => {
  it('asks once before a run is stopped', async () => {
    source.show(anExperiment());
    open();
    button('Stop').click();
    expect(text('.labbook-question span')).toBe('Stop the run?');
    expect(buttons('.labbook-question')).toEqual(['Stop', 'Keep going']);
    expect(document.activeElement!.textContent).toBe('Stop');
    expect(source.wishes).toEqual([]);
    (document.activeElement as HTMLElement).click();
    expect(source.wishes).toMatchObject([{ verb: 'stop', runs: undefined }]);
    const stopping = button('Stopping…');
    expect(document.activeElement).toBe(stopping);
    stopping.click();
    expect(buttons('.labbook-question')).toEqual([]);
    source.wishes[0]!.resolve();
    await settle();
    source.show({});
    button('Stopping…');
    source.show({ runs: [aRun('001', { state: 'stopped' })] });
    expect(buttons('.labbook-control')).toEqual(['Rerun']);
    expect(document.activeElement).toBe(button('Rerun'));
  });

  it.each(['Escape', 'click'])('keeps going on %s', way => {
    source.show(anExperiment());
    open();
    button('Stop').click();
    if (way === 'click') {
      const keep = button('Keep going');
      keep.focus();
      keep.click();
    } else {
      press(document.activeElement!, 'Escape');
    }
    expect(source.wishes).toEqual([]);
    expect(document.activeElement).toBe(button('Stop'));
  });

  it('stops one of several runs, or all', () => {
    source.show(
      anExperiment({ runs: three('running', 'waiting', 'finished') })
    );
    open();
    button('Stop').click();
    expect(text('.labbook-question span')).toBe('Stop 2 runs?');
    button('Keep going').click();
    button('Run 002').click();
    button('Stop').click();
    expect(buttons('.labbook-question')).toEqual([
      'Run 002',
      'All 2',
      'Keep going'
    ]);
    all('.labbook-question button')[0]!.click();
    expect(source.wishes).toMatchObject([{ runs: ['002'] }]);
    button('Stop').click();
    all('.labbook-question button')[0]!.click();
    expect(source.wishes[1]).toMatchObject({ runs: ['001'] });
    button('Stopping…');
  });

  it('says in a sentence why a run was not stopped', async () => {
    source.show(anExperiment());
    open();
    button('Stop').click();
    all('.labbook-question button')[0]!.click();
    source.wishes[0]!.reject(new Error('The disk is full; make room.'));
    await settle();
    expect(text('.labbook-problem')).toBe('The disk is full; make room.');
    button('Stop').click();
    expect(text('.labbook-problem')).toBe('');
  });

  it('withdraws its question when the answer no longer matters', () => {
    source.show(anExperiment());
    open();
    button('Stop').click();
    source.show({ runs: [aRun('001', { state: 'finished' })] });
    expect(buttons('.labbook-control')).toEqual(['Rerun']);
    expect(document.activeElement).toBe(button('Rerun'));
  });

  it('runs a single run again at once', async () => {
    source.show(anExperiment({ runs: [aRun('001', { state: 'failed' })] }));
    open();
    button('Rerun').click();
    button('Starting…').click();
    expect(source.wishes).toHaveLength(1);
    expect(source.wishes[0]).toMatchObject({ verb: 'rerun', runs: undefined });
    source.wishes[0]!.resolve();
    await settle();
    expect(spoken()).toBe('The run is submitted again.');
    button('Rerun').click();
    source.wishes[1]!.reject(new Error('Its script is gone.'));
    await settle();
    expect(text('.labbook-problem')).toBe('Its script is gone.');
  });

  it('asks which of several runs are to be run again', () => {
    source.show(
      anExperiment({ runs: three('failed', 'finished', 'finished') })
    );
    open();
    button('Run 002').click();
    for (const [at, runs] of [['002'], ['001'], undefined].entries()) {
      button('Rerun').click();
      expect(buttons('.labbook-question')).toEqual([
        ...['Run 002', '1 unfinished', 'All 3', 'Not now']
      ]);
      all('.labbook-question button')[at]!.click();
      expect(source.wishes.at(-1)).toMatchObject({ verb: 'rerun', runs });
      source.wishes.pop();
      view.dispose();
      open();
      button('Run 002').click();
    }
  });

  it('asks once before many are run again, as before they are stopped', async () => {
    const ended = three('finished', 'finished', 'finished');
    source.show(anExperiment({ runs: ended }));
    open();
    button('Rerun').click();
    expect(text('.labbook-question span')).toBe('Run 3 runs again?');
    expect(buttons('.labbook-question')).toEqual(['Rerun', 'Not now']);
    button('Not now').click();
    expect(source.wishes).toEqual([]);
    button('Rerun').click();
    all('.labbook-question button')[0]!.click();
    expect(source.wishes).toHaveLength(1);
    source.wishes[0]!.resolve();
    await settle();
    expect(spoken()).toBe('3 runs are submitted again.');
  });

  it('offers to run again what is held', () => {
    source.show(anExperiment({ runs: [aRun('001', { state: 'held' })] }));
    open();
    expect(buttons('.labbook-control')).toEqual(['Rerun']);
  });

  it('is not drawn where nothing can be asked for', () => {
    source.controllable = false;
    source.show(anExperiment({ runs: three('running', 'finished') }));
    open();
    expect(buttons('.labbook-control')).toEqual([]);
    source.show({ runs: [aRun('001', { state: 'finished' })] });
    expect(text('.labbook-conclude')).toBe('');
  });
});

describe('the conclusion', () => {
  const ended = [aRun('001', { state: 'finished' })];
  const field = (): HTMLTextAreaElement => find('.labbook-conclude textarea');
  const writing = (): boolean => !field().closest('[hidden]');
  function type(words: string): void {
    field().value = words;
    field().dispatchEvent(new Event('input', { bubbles: true }));
  }

  it('is asked for once all runs have ended', async () => {
    source.show(anExperiment());
    open();
    expect(writing()).toBe(false);
    source.show({ runs: ended });
    expect(writing()).toBe(true);
    press(field(), 'Enter', { ctrlKey: true });
    expect(source.wishes).toEqual([]);
    type('Width\nstops paying.');
    expect(press(field(), 'Enter').defaultPrevented).toBe(false);
    press(field(), 'Enter', { ctrlKey: true });
    press(field(), 'Enter', { metaKey: true });
    expect(source.wishes).toMatchObject([
      { verb: 'conclude', text: 'Width\nstops paying.', was: '' }
    ]);
    button('Saving…');
    source.wishes[0]!.resolve();
    await settle();
    expect(text('.labbook-learned')).toBe('Width\nstops paying.');
    expect(writing()).toBe(false);
    expect(host.kept.size).toBe(0);
    expect(spoken()).toBe('The conclusion is saved.');
    source.show({});
    expect(text('.labbook-learned')).toBe('Width\nstops paying.');
    source.show({ conclusion: 'Changed later.' });
    expect(text('.labbook-learned')).toBe('Changed later.');
  });

  it('keeps a draft through updates, reloads and a broken store', () => {
    source.show(anExperiment({ runs: ended }));
    open();
    type('Half a thou');
    field().focus();
    source.show({ note: 'Version 2.' });
    expect(document.activeElement).toBe(field());
    expect(field().value).toBe('Half a thou');
    view.dispose();
    open();
    expect(field().value).toBe('Half a thou');
    view.dispose();
    host.kept.set([...host.kept.keys()][0]!, '{"text": 3}');
    open();
    expect(field().value).toBe('');
    view.dispose();
    host.kept.set([...host.kept.keys()][0]!, '{');
    open();
    expect(field().value).toBe('');
  });

  it('forgets a draft that was emptied', () => {
    source.show(anExperiment({ runs: ended }));
    open();
    type('x');
    type(' ');
    expect(host.kept.size).toBe(0);
    expect(buttons('.labbook-conclude')).toEqual(['Save']);
  });

  it('keeps the text and says why it was not stored', async () => {
    source.show(anExperiment({ runs: ended }));
    open();
    type('Mine');
    button('Save').click();
    source.wishes[0]!.reject(new Error('The disk is full; make room.'));
    await settle();
    expect(text('.labbook-problem')).toBe('The disk is full; make room.');
    expect(field().value).toBe('Mine');
    expect(host.kept.size).toBe(1);
  });

  it('can be edited, and left as it was', async () => {
    source.show(anExperiment({ runs: ended, conclusion: 'Old' }));
    open();
    expect(writing()).toBe(false);
    button('Edit the conclusion').click();
    expect(document.activeElement).toBe(field());
    expect(field().value).toBe('Old');
    press(field(), 'Escape');
    await settle();
    expect(host.asked).toEqual([]);
    expect(text('.labbook-learned')).toBe('Old');
    button('Edit the conclusion').click();
    type('New');
    host.answer = false;
    button('Cancel').click();
    await settle();
    expect(host.asked).toEqual(['Throw away what you have typed?']);
    expect(field().value).toBe('New');
    host.answer = true;
    button('Cancel').click();
    await settle();
    expect(writing()).toBe(false);
    expect(host.kept.size).toBe(0);
    button('Edit the conclusion').click();
    type('New');
    button('Save').click();
    expect(source.wishes).toMatchObject([{ text: 'New', was: 'Old' }]);
  });

  it('shows both when it was changed elsewhere, and loses neither', async () => {
    source.show(anExperiment({ runs: ended }));
    open();
    type('Mine');
    source.show({ conclusion: 'Theirs' });
    expect(text('.labbook-theirs p')).toBe(
      'Meanwhile this was written elsewhere:'
    );
    expect(text('blockquote')).toBe('Theirs');
    expect(field().value).toBe('Mine');
    button('Save').click();
    expect(source.wishes[0]).toMatchObject({ text: 'Mine', was: '' });
    source.wishes[0]!.reject(new Error('The conclusion was changed.'));
    await settle();
    expect(text('blockquote')).toBe('Theirs');
    button('Put mine below it').click();
    expect(field().value).toBe('Theirs\n\nMine');
    expect(text('blockquote')).toBe('');
    button('Save').click();
    expect(source.wishes[1]).toMatchObject({
      text: 'Theirs\n\nMine',
      was: 'Theirs'
    });
  });

  it('replaces what was written elsewhere if its author says so', () => {
    source.show(anExperiment({ runs: ended, conclusion: 'Old' }));
    open();
    button('Edit the conclusion').click();
    type('Mine');
    source.show({ conclusion: '' });
    expect(text('.labbook-theirs p')).toContain('removed elsewhere');
    button('Replace it by mine').click();
    expect(source.wishes).toMatchObject([{ text: 'Mine', was: '' }]);
  });

  it('keeps what was typed while it was being stored', async () => {
    source.show(anExperiment({ runs: ended }));
    open();
    type('One');
    button('Save').click();
    type('One and two');
    source.wishes[0]!.resolve();
    await settle();
    expect(field().value).toBe('One and two');
    expect(text('blockquote')).toBe('');
    button('Save').click();
    expect(source.wishes[1]).toMatchObject({ text: 'One and two', was: 'One' });
  });
});

describe('the table of runs', () => {
  const rows = (): string[] =>
    all('.labbook-runs tbody tr').map(row => row.dataset.run!);
  const sort = (name: string): void =>
    all('.labbook-runs thead button')
      .find(node => node.textContent === name)!
      .click();
  const finals = [0.9, null, 0.95, 0.1];

  beforeEach(() => {
    source.show(
      anExperiment({
        varied: ['trees', 'kind'],
        runs: finals.map((accuracy, at) =>
          aRun(`00${at + 1}`, {
            state: 'finished',
            parameters: { trees: [300, 30, 1000, null][at], kind: 'forest' },
            seed: at,
            final: { accuracy }
          })
        )
      })
    );
    open();
  });

  it('sorts by numbers as numbers, with what is missing last', () => {
    expect(rows()).toEqual(['001', '002', '003', '004']);
    sort('trees');
    expect(rows()).toEqual(['002', '001', '003', '004']);
    expect(find('[aria-sort=ascending]').textContent).toBe('trees');
    sort('trees');
    expect(rows()).toEqual(['003', '001', '002', '004']);
    expect(find('[aria-sort=descending]').textContent).toBe('trees');
    sort('accuracy');
    expect(rows()).toEqual(['004', '001', '003', '002']);
    sort('accuracy');
    expect(rows()).toEqual(['003', '001', '004', '002']);
    sort('accuracy');
    expect(rows()).toEqual(['001', '002', '003', '004']);
    expect(all('[aria-sort]')).toEqual([]);
    sort('Run');
    sort('Run');
    expect(rows()).toEqual(['004', '003', '002', '001']);
    for (const name of ['kind', 'seed', 'State', 'Time']) {
      sort(name);
      expect(rows()).toEqual(['001', '002', '003', '004']);
    }
  });

  it('keeps its order, focus and rows while runs come and go', () => {
    sort('accuracy');
    const row = find('[data-run="001"]');
    button('Run 001').focus();
    source.show({
      runs: [
        aRun('001', { final: { accuracy: 0.99 }, seed: 0, seconds: 61 }),
        aRun('003', { final: { accuracy: 0.95 }, seed: 2 }),
        aRun('005', { final: { accuracy: 0.97 }, seed: 4 })
      ]
    });
    expect(rows()).toEqual(['003', '005', '001']);
    expect(find('[data-run="001"]')).toBe(row);
    expect(row.textContent).toContain('0.99');
    expect(row.textContent).toContain('1 min 1 s');
    expect(document.activeElement).toBe(button('Run 001'));
  });

  it('chooses a run, its output and its figures, and lets it go', async () => {
    source.write('002', 'from two\n');
    await settle();
    find('[data-run="002"] td').click();
    await settle();
    expect(button('Run 002').getAttribute('aria-pressed')).toBe('true');
    expect(all('.labbook-chosen')).toHaveLength(1);
    expect(find<HTMLSelectElement>('select').value).toBe('002');
    expect(text('pre')).toBe('from two');
    button('Run 002').click();
    expect(all('[aria-pressed=true].labbook-pick')).toEqual([]);
  });

  it('follows the choice of a run for the output', async () => {
    const choice = find<HTMLSelectElement>('.labbook-log select');
    expect([...choice.options].map(option => option.value)).toEqual([
      ...['001', '002', '003', '004']
    ]);
    choice.value = '003';
    choice.dispatchEvent(new Event('change'));
    await settle();
    expect(button('Run 003').getAttribute('aria-pressed')).toBe('true');
  });

  it('lets a run go that is no longer there', () => {
    button('Run 004').click();
    source.show({ runs: three('finished', 'finished') });
    expect(all('.labbook-chosen')).toEqual([]);
  });

  it('scrolls under its header once it is long', () => {
    expect(all('.labbook-tall')).toEqual([]);
    const states = Array.from({ length: 51 }, () => 'finished');
    source.show({ runs: three(...states) });
    expect(find('.labbook-tall').tabIndex).toBe(0);
  });

  it('aligns the decimals of a column', () => {
    const cells = all('.labbook-runs tr td:last-child');
    expect(cells.map(cell => cell.textContent)).toEqual([
      ...['0.90', 'NaN', '0.95', '0.10']
    ]);
  });

  it('is left out for a single run', () => {
    source.show({ runs: [aRun('001')] });
    expect(text('.labbook-runs')).toBe('');
  });
});

describe('figures, commands and keys', () => {
  it('loads pictures late, and enlarges the one that is clicked', () => {
    const figures = ['figures/confusion.png', 'figures/<b>.png'];
    source.show(anExperiment({ runs: [aRun('001', { figures })] }));
    open();
    const images = all<HTMLImageElement>('figure img');
    expect(images.map(image => image.loading ?? '')).toHaveLength(2);
    expect(images[0]!.getAttribute('loading')).toBe('lazy');
    expect(images[0]!.getAttribute('src')).toBe(
      'figures/001/figures/confusion.png'
    );
    expect(text('figcaption bdi')).toBe('confusion.png|<b>.png');
    const enlarge = find('figure button');
    enlarge.click();
    expect(enlarge.getAttribute('aria-pressed')).toBe('true');
    source.show({
      runs: [aRun('001', { figures: [...figures, 'figures/new.png'] })]
    });
    expect(all('figure img').slice(0, 2)).toEqual(images);
    expect(enlarge.getAttribute('aria-pressed')).toBe('true');
    images[1]!.dispatchEvent(new Event('error'));
    expect(text('figure')).toContain('It cannot be shown here.');
  });

  it('names the run that drew them where there are several', () => {
    const runs = ['001', '002'].map(label =>
      aRun(label, { state: 'finished', figures: [`figures/${label}.png`] })
    );
    source.show(anExperiment({ runs }));
    open();
    button('Run 001').click();
    expect(text('h3')).toContain('Figures of run 001');
    expect(text('figcaption bdi')).toBe('001.png');
  });

  it('leaves out commands for what the view itself offers', () => {
    source.next = [
      ['Follow the output:', '%labbook tail x -f'],
      ['What did you learn?', '%labbook conclude x "..."']
    ];
    source.show(anExperiment());
    open();
    expect(text('.labbook-next')).toBe('');
    source.next = [...source.next, ['It waits:', '%labbook rerun x']];
    source.show({});
    expect(text('.labbook-next')).toContain('%labbook rerun x');
    expect(text('.labbook-next')).not.toContain('tail');
  });

  it('copies a command', async () => {
    const copied: string[] = [];
    vi.stubGlobal('navigator', {
      clipboard: {
        writeText: (words: string) =>
          words.includes('refused')
            ? Promise.reject(new Error('no'))
            : Promise.resolve(void copied.push(words))
      }
    });
    source.next = [['It waits:', 'labbook rerun x']];
    source.show(anExperiment());
    open();
    button('Copy: labbook rerun x').click();
    await settle();
    expect(copied).toEqual(['labbook rerun x']);
    expect(text('.labbook-copy')).toBe('Copied');
    expect(spoken()).toBe('The command is on the clipboard.');
    await vi.waitFor(() => expect(text('.labbook-copy')).toBe('Copy'), 5_000);
    source.next = [['', 'refused']];
    source.show({});
    button('Copy: refused').click();
    await settle();
    expect(host.said).toEqual([
      'The browser does not allow copying here; select the command instead.'
    ]);
  });

  it('offers everything that a run logged, and its file', () => {
    const opened: string[] = [];
    host.openFile = path => opened.push(path);
    source.show(anExperiment());
    open();
    expect(find<HTMLAnchorElement>('a[download]').getAttribute('href')).toBe(
      '001/metrics.csv'
    );
    button('Open output.log').click();
    expect(opened).toEqual([
      '/home/me/labbook/experiments/0007-wider-forest/runs/001/output.log'
    ]);
  });

  it('keeps the shortcuts of the host away, but for saving', () => {
    source.show(anExperiment());
    open();
    const heard: string[] = [];
    const hear = (event: Event): void => {
      heard.push((event as KeyboardEvent).key);
    };
    document.body.addEventListener('keydown', hear);
    const stop = button('Stop');
    stop.focus();
    expect(stop.hasAttribute('data-lm-suppress-shortcuts')).toBe(true);
    press(stop, 'd');
    press(stop, 's', { ctrlKey: true });
    document.body.removeEventListener('keydown', hear);
    expect(heard).toEqual(['s']);
  });

  it('keeps what a reader chose for the plot', () => {
    for (const kept of [null, '{', '[]', '{"logY": true}']) {
      host.store.set(
        'plot:/home/me/labbook/experiments/0007-wider-forest',
        kept
      );
      source.show(anExperiment());
      open();
      const pressed = all('.labbook-plots [aria-pressed=true]');
      expect(pressed.map(node => node.textContent)).toEqual(
        kept?.includes('logY') ? ['Log y'] : []
      );
      view.dispose();
    }
    open();
    button('Log x').click();
    expect([...host.kept.values()].join()).toContain('"logX":true');
  });
});
