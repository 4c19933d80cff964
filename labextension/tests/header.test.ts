import { describe, expect, it } from 'vitest';
import {
  adviceOn,
  readHeader,
  writeHeader,
  type Key
} from '../src/data/header.js';
import { KEYS } from '../src/data/header/keys.js';
import { random, type Random } from './random.js';

const CELL = `%%experiment wider-forest --when tonight
#| question: Does it help: really?
#|   On the digits data.
#| predict: accuracy > 0.95 (80%)
#| predict: last(loss) < 0.1
#| sweep:
#|   trees: [30, 100]
#| tags: [digits, "my forest"]  # to find it by

model = RandomForestClassifier(trees)
#| not a header line
`;

const texts = (source: string, key: Key): readonly string[] =>
  readHeader(source)!.texts[key];

describe('reading', () => {
  it('takes prose as it stands, with the lines that continue it', () => {
    expect(texts(CELL, 'question')).toEqual([
      'Does it help: really? On the digits data.'
    ]);
  });

  it('takes every prediction', () => {
    expect(texts(CELL, 'predict')).toEqual([
      'accuracy > 0.95 (80%)',
      'last(loss) < 0.1'
    ]);
  });

  it.each([
    ['[digits, "my forest", digits]', ['digits, my forest']],
    ['digits forest', ['digits, forest']],
    ["digits, 'forest'", ["digits, 'forest'"]],
    ["'digits forest'", ['digits, forest']],
    ['\n#|   - digits\n#|   - forest # small', ['digits, forest']],
    ['[]', ['']],
    ['3', ['3']]
  ])('takes tags written as %s', (written, expected) => {
    const source = `%%experiment\n#| tags: ${written}\nx = 1`;
    expect(texts(source, 'tags')).toEqual(expected);
  });

  it.each([
    ['"22:00-07:00"', '22:00-07:00'],
    ["'it''s' # comment", "it's"],
    ['tonight # comment', 'tonight']
  ])('takes a word written as %s', (written, expected) => {
    expect(texts(`%%experiment\n#| when: ${written}`, 'when')).toEqual([
      expected
    ]);
  });

  it.each([
    ['x = 1', 'code'],
    ['', 'nothing'],
    ['x = 1\n%%experiment', 'a magic below code'],
    ['%%experiments', 'another magic'],
    ['%%experiment?', 'a question about it'],
    ['  %%time\n', 'another magic, indented']
  ])('finds no header in %j: %s', source => {
    expect(readHeader(source)).toBeNull();
  });

  it.each(['%%experiment', '\n\n%%experiment  ', '%%experiment\r\nx = 1'])(
    'finds an empty header in %j',
    source => {
      const header = readHeader(source)!;
      expect(Object.values(header.texts).flat()).toEqual([]);
      expect(header.problem).toBe('');
    }
  );

  it('lets flags win, and says which keys they give', () => {
    const source =
      '%%experiment deep --question="Why \\"so\\"?" --predict \'a > 1\' ' +
      '--predict b\\ \\>\\ 2 --dry-run --resumable --tags=x,y --odd 3 -h\n' +
      '#| question: Not this\n#| predict: c > 3';
    const header = readHeader(source)!;
    expect([...header.flags].sort()).toEqual(
      ['name', 'predict', 'question', 'resumable', 'tags'].sort()
    );
    expect(header.texts).toMatchObject({
      name: ['deep'],
      question: ['Why "so"?'],
      predict: ['a > 1', 'b > 2'],
      tags: ['x, y'],
      resumable: ['true']
    });
  });

  it.each(['--question "half', "--why 'half", 'name\\'])(
    'says what is wrong with the first line %j',
    line => {
      const header = readHeader(`%%experiment ${line}\n#| why: w`)!;
      expect(header.problem).toBe('A quote on the first line is not closed.');
      expect(header.texts.why).toEqual(['w']);
    }
  );
});

describe('writing', () => {
  it('changes one line and no other', () => {
    const changed = writeHeader(CELL, 'predict', [
      'accuracy > 0.95 (80%)',
      'last(loss) < 0.2'
    ]);
    expect(changed).toBe(CELL.replace('< 0.1', '< 0.2'));
  });

  it('puts one line in place of several', () => {
    expect(writeHeader(CELL, 'question', ['Does\nit?'])).toBe(
      CELL.replace(/#\| question:[^]*?digits data\./, '#| question: Does it?')
    );
  });

  it('keeps a comment behind a list, and the form of the list', () => {
    expect(writeHeader(CELL, 'tags', ['digits, true, my forest'])).toBe(
      CELL.replace(/\[digits.*\]/, '[digits, "true", "my forest"]')
    );
    const plain = '%%experiment\n#| tags: digits forest\n';
    expect(writeHeader(plain, 'tags', ['digits, trees'])).toBe(
      '%%experiment\n#| tags: digits, trees\n'
    );
  });

  it('takes an emptied entry away', () => {
    expect(writeHeader(CELL, 'predict', ['', 'last(loss) < 0.1'])).toBe(
      CELL.replace('#| predict: accuracy > 0.95 (80%)\n', '')
    );
  });

  it('puts a new key where its place is among the others', () => {
    expect(writeHeader(CELL, 'hypothesis', ['Yes: it does'])).toBe(
      CELL.replace('#| predict', '#| hypothesis: Yes: it does\n#| predict')
    );
    expect(
      writeHeader(CELL, 'predict', [
        'accuracy > 0.95 (80%)',
        'last(loss) < 0.1',
        'c > 3'
      ])
    ).toBe(CELL.replace('#| sweep', '#| predict: c > 3\n#| sweep'));
    expect(writeHeader('%%experiment\n#| seeds: 5\nx', 'why', ['w'])).toBe(
      '%%experiment\n#| why: w\n#| seeds: 5\nx'
    );
  });

  it('begins a header where there is none', () => {
    expect(writeHeader('%%experiment', 'why', ['w'])).toBe(
      '%%experiment\n#| why: w'
    );
    expect(writeHeader('%%experiment\n\nx = 1\n', 'why', ['w'])).toBe(
      '%%experiment\n#| why: w\n\nx = 1\n'
    );
  });

  it('ends its lines as the cell does', () => {
    const source = '%%experiment\r\n#| question: q';
    expect(writeHeader(source, 'impact', ['i'])).toBe(
      `${source}\r\n#| impact: i`
    );
    expect(writeHeader(`${source}\r\nx = 1`, 'impact', ['i'])).toBe(
      `${source}\r\n#| impact: i\r\nx = 1`
    );
    expect(writeHeader('%%experiment\r', 'why', ['w'])).toBe(
      '%%experiment\r\n#| why: w\r'
    );
  });

  it('leaves alone what flags give, and cells that are no experiment', () => {
    expect(writeHeader(CELL, 'when', ['now'])).toBe(CELL);
    expect(writeHeader('x = 1', 'why', ['w'])).toBe('x = 1');
  });

  it.each([
    ['22:00-07:00', '22:00-07:00'],
    ['tonight', 'tonight'],
    ['on: #1', '"on: #1"'],
    ['1e3', '"1e3"'],
    ['say "hi"', '"say \\"hi\\""']
  ])('writes the word %s so that YAML reads it back', (text, written) => {
    const source = writeHeader('%%experiment', 'when', [text]);
    expect(source).toBe(`%%experiment\n#| when: ${written}`);
    expect(texts(source, 'when')).toEqual([text]);
  });
});

describe('any cell', () => {
  const pieces = [
    ...['%%experiment', '%%experiment name --when now', '#| question: q: r?'],
    ...['#|   goes on', '#| predict: a > 1', '#|predict:b < 2', '#|  odd : x'],
    ...[
      '#| no key here',
      '#|',
      '',
      '   ',
      '#| tags: [a, "b c"] # d',
      '#| why:'
    ],
    ...['#|  tags:', '#|    - a', '#|    - b', 'x = 1', '# comment', '\u2028'],
    ...[
      '#| when: now',
      '  #| indented: x',
      '#| question: again',
      '"""',
      '#| é:'
    ]
  ];
  const cell = (from: Random): string => {
    const rows = Array.from({ length: from.below(12) }, () => {
      const row = from.pick(pieces);
      return from.below(8) ? row : `${row}\r`;
    });
    const head = from.below(5) ? [from.pick(pieces.slice(0, 2))] : [];
    return [...head, ...rows].join('\n');
  };
  const keys = Object.keys(KEYS) as Key[];

  it('is the same when each key is given what it has', () => {
    const from = random(1);
    let experiments = 0;
    for (let turn = 0; turn < 2000; turn++) {
      const source = cell(from);
      const header = readHeader(source);
      experiments += header ? 1 : 0;
      for (const key of keys) {
        const same = header?.texts[key] ?? [];
        expect(writeHeader(source, key, same)).toBe(source);
      }
    }
    expect(experiments).toBeGreaterThan(1000);
  });

  it('says what was written, and of other keys what it said before', () => {
    const from = random(2);
    const words = ['What: now?', 'a > 1 (80%)', 'x # y', '- z', '"q"', 'é'];
    for (let turn = 0; turn < 2000; turn++) {
      const source = cell(from);
      const header = readHeader(source);
      const key = from.pick(
        keys.filter(each => KEYS[each] === 'prose' && each !== 'name')
      );
      if (!header || header.flags.has(key)) {
        continue;
      }
      const before = header.texts[key];
      const wanted = [...before, ''].map(text =>
        from.below(2) ? text : from.pick(words)
      );
      const changed = writeHeader(source, key, wanted);
      const after = readHeader(changed)!;
      const kept = wanted.filter((text, at) => text || before[at] === '');
      expect(after.texts[key], JSON.stringify([source, changed])).toEqual(kept);
      for (const other of keys.filter(each => each !== key)) {
        expect(after.texts[other], JSON.stringify([source, changed])).toEqual(
          header.texts[other]
        );
      }
    }
  });
});

describe('advice', () => {
  it('asks for a question where there is no reason at all', () => {
    const advice = adviceOn(readHeader('%%experiment\n#| question:')!);
    expect([...advice.keys()]).toEqual(['question']);
    expect(adviceOn(readHeader('%%experiment\n#| why: w')!).size).toBe(0);
  });

  it('asks a prediction to compare', () => {
    const header = readHeader('%%experiment --why w\n#| predict: it is good')!;
    expect([...adviceOn(header).keys()]).toEqual(['predict']);
  });
});
