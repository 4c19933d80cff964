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
  edit: 'M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2L3 13z',
  plus: 'M8 3.5v9M3.5 8h9',
  trash: 'M3.5 4.5h9M6.5 4.5v-1h3v1M4.8 4.5l.5 8h5.4l.5-8'
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
