/** Building nodes: text stays text, whatever it contains. */

type Attribute = string | number | boolean | null | undefined;

/** An HTML element; false, null and undefined leave an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Attribute> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** Only what differs is touched. */
export function setAttributes(
  element: Element,
  attributes: Record<string, Attribute>
): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) {
      element.removeAttribute(name);
      continue;
    }
    const text = value === true ? '' : String(value);
    if (element.getAttribute(name) !== text) {
      element.setAttribute(name, text);
    }
  }
}

/** Set text only where it differs, so that selections and announcements last. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Hide or show where that differs. */
export function setHidden(element: HTMLElement, hidden: boolean): void {
  if (element.hidden !== hidden) {
    element.hidden = hidden;
  }
}

const SVG = 'http://www.w3.org/2000/svg';

const PATHS = {
  chevron: 'M6 4l4 4-4 4',
  close: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  down: 'M8 3.5v9M4.5 9L8 12.5 11.5 9',
  edit: 'M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2L3 13z',
  flask:
    'M6.5 2.5v4L3 12.6c-.3.6 0 .9.6.9h8.8c.6 0 .9-.3.6-.9L9.5 6.5v-4M5.5 2.5h5M5 9.5h6',
  open: 'M6.5 3.5h-3v9h9v-3M9 3.5h3.5V7M12.5 3.5L7.5 8.5',
  pen: 'M3.5 12.5h9M4 9.5l6-6 1.8 1.8-6 6H4z',
  plus: 'M8 3.5v9M3.5 8h9',
  rerun: 'M12.5 8a4.5 4.5 0 1 1-1.4-3.3M12.7 2.8v2.6h-2.6',
  stop: 'M4.5 4.5h7v7h-7z',
  trash: 'M3.5 4.5h9M6.5 4.5v-1h3v1M4.8 4.5l.5 8h5.4l.5-8',
  up: 'M8 12.5v-9M4.5 7L8 3.5 11.5 7'
};

/** A line drawing in the colour of the text around it. */
export function icon(name: keyof typeof PATHS): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  setAttributes(svg, {
    viewBox: '0 0 16 16',
    width: 16,
    height: 16,
    'aria-hidden': 'true'
  });
  const path = document.createElementNS(SVG, 'path');
  setAttributes(path, {
    d: PATHS[name],
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': 1.3,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round'
  });
  svg.append(path);
  return svg;
}

/** The focused element of the document or shadow root that holds a node. */
export function focused(node: Node): Element | null {
  const root = node.getRootNode();
  return 'activeElement' in root ? (root as Document).activeElement : null;
}

/** Put a parent's children in order without moving the one that has the focus. */
export function arrange(parent: Element, nodes: readonly Element[]): void {
  const active = focused(parent);
  const keep = nodes.find(node => node.contains(active));
  const wanted = new Set<Element>(nodes);
  for (const child of Array.from(parent.children)) {
    if (!wanted.has(child)) {
      child.remove();
    }
  }
  let cursor = parent.firstElementChild;
  for (const node of nodes) {
    while (node === keep && cursor !== node && cursor) {
      const next: Element | null = cursor.nextElementSibling;
      parent.append(cursor);
      cursor = next;
    }
    if (node === cursor) {
      cursor = cursor.nextElementSibling;
    } else {
      parent.insertBefore(node, cursor);
    }
  }
}
