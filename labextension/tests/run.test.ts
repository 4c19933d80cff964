import { beforeEach, describe, expect, it } from 'vitest';
import { readRun } from '../src/data/run.js';
import { description, size } from '../src/views/picture.js';
import { StaticRunView } from '../src/views/run.js';
import { duration, number, output, value, visible } from '../src/views/text.js';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="80"/>';

function run(more: object = {}): object {
  return {
    id: 'u1',
    label: '001',
    state: 'running',
    parameters: { trees: 100, kind: 'forest' },
    seed: 0,
    series: [{ metric: 'accuracy', x: [1, 2], y: [0.9, null] }],
    final: { accuracy: 0.95123 },
    progress: { done: 30, total: 100, remaining: 65, text: '' },
    seconds: 12.4,
    reason: '',
    tail: '',
    ...more
  };
}

function data(more: object = {}): Record<string, unknown> {
  return {
    version: 1,
    svg: SVG,
    view: {
      name: 'wider-forest',
      number: 7,
      question: 'Does a wider forest still help?',
      hypothesis: 'Hardly.',
      verdicts: [
        {
          prediction: 'accuracy > 0.9',
          outcome: 'supported',
          observed: '0.951',
          reason: '',
          probability: 0.8
        }
      ],
      runs: [run()],
      varied: [],
      ...more
    }
  };
}

let view: StaticRunView;
const find = (selector: string): HTMLElement =>
  view.node.querySelector<HTMLElement>(selector)!;
const text = (): string => view.node.textContent;

beforeEach(() => {
  view = new StaticRunView();
  document.body.replaceChildren(view.node);
});

describe('the run view', () => {
  it('draws question, hypothesis, verdict, state, progress and plot', async () => {
    await view.update(data());
    expect(find('h2').textContent).toBe('Does a wider forest still help?');
    expect(text()).toContain('Hypothesis Hardly.');
    expect(find('.labbook-verdicts .labbook-chip').textContent).toBe(
      'supported'
    );
    expect(text()).toContain('observed 0.951 · expected with 80 %');
    expect(find('td .labbook-chip').textContent).toBe('running');
    expect((find('progress') as HTMLProgressElement).value).toBe(30);
    expect(text()).toContain('30 of 100 · about 2 min left');
    expect(text()).toContain('0.9512');
    expect(find('img').getAttribute('alt')).toBe(
      'Plot of accuracy for 1 run; last values: run 001: accuracy 0.9512'
    );
  });

  it('marks an experiment that only has a reason as exploring', async () => {
    await view.update(data({ question: '', why: 'To see the noise' }));
    expect(find('h2').textContent).toBe('To see the noise');
    expect(text()).toContain('exploring');
  });

  it('draws a line a run, with what varies', async () => {
    await view.update(
      data({
        varied: ['trees'],
        runs: [
          run({ state: 'finished', progress: null, final: { accuracy: null } }),
          run({
            label: '002',
            parameters: { trees: 300, kind: 'forest' },
            seed: 1,
            state: 'failed',
            reason: 'Out of memory.',
            final: {},
            seconds: null,
            tail: 'a\rb\n'
          })
        ]
      })
    );
    const cells = [...view.node.querySelectorAll('tr')].map(row =>
      [...row.children].map(cell => cell.textContent)
    );
    expect(cells).toEqual([
      ['Run', 'trees', 'seed', 'State', 'Time', 'accuracy'],
      ['001', '100', '0', 'finished', '12 s', 'NaN'],
      ['002', '300', '1', 'failedOut of memory.', '', '']
    ]);
    expect(find('pre').textContent).toBe('b\n');
    expect(find('dl').textContent).toBe('kindforest');
  });

  it('shows progress without an end by its words alone', async () => {
    const progress = { done: 3, total: null, remaining: null, text: 'epoch 3' };
    await view.update(data({ runs: [run({ progress })] }));
    expect(find('progress')).toBeNull();
    expect(text()).toContain('epoch 3');
  });

  it('shows a note and the conclusion', async () => {
    await view.update(
      data({ note: 'Amended.', conclusion: 'Width is enough.' })
    );
    expect(find('.labbook-note').textContent).toBe('Amended.');
    expect(find('.labbook-conclusion').textContent).toContain(
      'Width is enough.'
    );
  });

  it('shows pictures, names those that did not come along, and what to do', async () => {
    await view.update({
      ...data(),
      figures: [
        { name: '001/figures/001.png', uri: 'data:image/png;base64,AAAA' },
        { name: '001/figures/002.html', uri: '' }
      ],
      next: [['What did you learn?', 'labbook conclude x "..."']]
    });
    const figures = [...view.node.querySelectorAll('figure')];
    expect(figures.map(figure => figure.textContent)).toEqual([
      '001/figures/001.png',
      '001/figures/002.html'
    ]);
    expect(figures[0]!.querySelector('img')!.alt).toBe('001/figures/001.png');
    expect(figures[1]!.querySelector('img')).toBeNull();
    expect(find('.labbook-next code').textContent).toBe(
      'labbook conclude x "..."'
    );
  });

  it('never makes markup of data', async () => {
    const evil = '<script>window.pwned=1</script><img src=x onerror=pwned()>';
    await view.update({
      ...data({
        name: evil,
        question: evil,
        hypothesis: evil,
        note: evil,
        conclusion: evil,
        varied: [evil],
        verdicts: [
          { prediction: evil, outcome: evil, observed: evil, reason: evil }
        ],
        runs: [
          run({
            label: evil,
            state: evil,
            parameters: { [evil]: evil, other: evil },
            reason: evil,
            final: { [evil]: 1 },
            tail: evil,
            progress: { done: 1, text: evil }
          })
        ]
      }),
      svg: `<svg onload="pwned()">${evil}</svg>\ud800`,
      figures: [
        { name: evil, uri: 'javascript:alert(1)' },
        { name: evil, uri: 'https://elsewhere.example/tracker.png' }
      ],
      next: [[evil, evil], [evil], 'no step']
    });
    const images = [...view.node.querySelectorAll('img')];
    expect(images).toHaveLength(1);
    expect(images[0]!.src).toMatch(
      /^data:image\/svg\+xml;charset=utf-8,%3Csvg/
    );
    expect(
      view.node.querySelector('script, svg, [onerror], [onload]')
    ).toBeNull();
    expect(text()).toContain('<script>');
  });

  it('spells out characters that reorder what is read', async () => {
    await view.update(data({ question: 'a \u202eb\u2066 c' }));
    expect(find('h2').textContent).toBe('a \\u202eb\\u2066 c');
  });

  it.each([
    [undefined, 'holds no experiment'],
    ['text', 'holds no experiment'],
    [[], 'holds no experiment'],
    [{}, 'holds no experiment'],
    [{ version: 2, view: {} }, 'another version'],
    [{ version: 1 }, 'damaged'],
    [{ version: 1, view: { name: 3 } }, 'damaged']
  ])('gives a sentence for %j', async (bad, sentence) => {
    await view.update(bad);
    expect(find('[role=alert]').textContent).toContain(sentence);
    expect(view.node.children).toHaveLength(1);
  });

  it('draws what it can of data with parts of the wrong kind', async () => {
    await view.update(
      data({
        verdicts: 'none',
        runs: [null, 3, { label: '009', parameters: [], final: 4 }],
        varied: [1]
      })
    );
    expect(text()).toContain('009');
    expect(text()).toContain('unknown');
  });

  it('draws again only the parts that have changed', async () => {
    await view.update(data());
    const [head, table] = [find('header'), find('table')];
    await view.update(data({ runs: [run({ seconds: 13 })] }));
    expect(find('header')).toBe(head);
    expect(find('table')).not.toBe(table);
    await view.update({ version: 3 });
    await view.update(data());
    expect(view.node.children).toHaveLength(5);
  });

  it('keeps unfolded what its reader has unfolded', async () => {
    await view.update(data({ runs: [run({ tail: 'one\n' })] }));
    const log = (): HTMLDetailsElement => find('pre').closest('details')!;
    log().open = true;
    await view.update(data({ runs: [run({ tail: 'one\ntwo\n' })] }));
    expect(log().open).toBe(true);
    expect(log().textContent).toContain('two');
  });

  it('keeps the place in the output of someone who reads further up', async () => {
    await view.update(data({ runs: [run({ tail: 'one\n' })] }));
    const pre = find('pre');
    Object.defineProperties(pre, {
      scrollHeight: { value: 900 },
      clientHeight: { value: 200 }
    });
    pre.scrollTop = 40;
    await view.update(data({ runs: [run({ tail: 'two\n' })] }));
    await new Promise(requestAnimationFrame);
    expect(find('pre').scrollTop).toBe(40);
  });

  it('shows the last of two updates, whichever plot decodes first', async () => {
    const decoding: (() => void)[] = [];
    HTMLImageElement.prototype.decode = () =>
      new Promise(resolve => decoding.push(resolve));
    try {
      const first = view.update(data({ question: 'First?' }));
      const second = view.update(data({ question: 'Second?' }));
      decoding[1]!();
      await second;
      decoding[0]!();
      await first;
      expect(find('h2').textContent).toBe('Second?');
    } finally {
      Reflect.deleteProperty(HTMLImageElement.prototype, 'decode');
    }
  });
});

describe('the size of a plot', () => {
  it.each([
    ['<svg width="300" height="80px">', [300, 80]],
    ["<svg viewBox='0 0 640 200'>", [640, 200]],
    ['<svg width="100%" viewBox="0,0,640,200">', [640, 200]],
    ['<svg>', []],
    ['', []]
  ])('of %s', (svg, sides) => expect(size(svg)).toEqual(sides));

  it('is described in words for many runs', () => {
    const { view: many } = readRun(
      data({ runs: [run({ final: {} }), run({})] })
    );
    expect(description(many)).toBe(
      'Plot of accuracy for 2 runs; last values: run 001: accuracy 0.9512'
    );
  });
});

describe('text', () => {
  it('of a terminal is left as the terminal would', () => {
    expect(output('\x1b[31mred\x1b[0m\r\n 10 %\r 20 %\r\nend\r')).toBe(
      'red\n 20 %\nend'
    );
    expect(output('\x1b]0;title\x07bell\x07')).toBe('bell\\u0007');
  });

  it.each([
    [0.123456, '0.1235'],
    [12, '12'],
    [1e20, '100000000000000000000'],
    [1.5e-9, '1.5e-9'],
    [null, 'NaN']
  ])('of the number %s', (of, shown) => expect(number(of)).toBe(shown));

  it.each([
    [0.4, '0 s'],
    [59.6, '1 min'],
    [3599, '59 min 59 s'],
    [4320, '1 h 12 min'],
    [7200, '2 h']
  ])('of %s seconds', (of, shown) => expect(duration(of)).toBe(shown));

  it('of a parameter is what one would write', () => {
    expect([value('a'), value(0.1), value([1, 'b']), value(undefined)]).toEqual(
      ['a', '0.1', '[1,"b"]', '']
    );
    expect(visible('tab\tand\nline')).toBe('tab\tand\nline');
  });
});
