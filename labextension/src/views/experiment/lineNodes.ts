import type { Words } from '../../data/words.js';
import type { TerminalLine } from '../ansi.js';
import { h } from '../dom.js';

/** A line that is on the page. */
export interface Row {
  line: TerminalLine;
  node: HTMLElement;
}

/** A line that was open may have grown: its text node is kept where it can be. */
export function rewrite(row: Row, line: TerminalLine, trans: Words): void {
  const [old, now] = [row.line.spans, line.spans];
  const node = row.node.firstChild;
  row.line = line;
  if (
    old.length === 1 &&
    now.length === 1 &&
    !old[0]!.look &&
    !now[0]!.look &&
    !line.cut &&
    node instanceof Text
  ) {
    if (node.data !== now[0]!.text) {
      node.data = now[0]!.text;
    }
  } else {
    fill(row.node, line, trans);
  }
}

export function fill(
  node: HTMLElement,
  line: TerminalLine,
  trans: Words
): void {
  node.replaceChildren(
    ...line.spans.map(({ text, look }) =>
      look ? h('span', { class: classes(look) }, text) : text
    )
  );
  if (line.cut) {
    node.append(
      h(
        'em',
        {},
        trans._n(
          ' … %1 more character in output.log',
          ' … %1 more characters in output.log',
          line.cut
        )
      )
    );
  }
}

function classes(look: string): string {
  return look.replace(/\S+/g, 'labbook-ansi-$&');
}
