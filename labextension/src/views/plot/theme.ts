import { h } from '../dom.js';

/** Colours and letters of the page around a plot, as a canvas takes them. */
export interface Theme {
  back: string;
  text: string;
  quiet: string;
  line: string;
  family: string;
}

const NAMES = ['back', 'text', 'quiet', 'line'] as const;

/**
 * Read the colours that apply to a node now.
 *
 * A canvas knows no variables: an element that is never drawn works them out.
 */
export function theme(node: HTMLElement): Theme {
  const probe = h('span', { hidden: true });
  node.append(probe);
  const style = getComputedStyle(probe);
  const read = (name: string): string => {
    probe.style.color = `var(--labbook-${name})`;
    return style.color;
  };
  const [back, text, quiet, line] = NAMES.map(read) as [
    string,
    string,
    string,
    string
  ];
  const family = style.fontFamily || 'sans-serif';
  probe.remove();
  return { back, text, quiet, line, family };
}

/** Call when JupyterLab or the system changes between light and dark. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, {
    attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name']
  });
  const preference = globalThis.matchMedia?.('(prefers-color-scheme: dark)');
  preference?.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    preference?.removeEventListener('change', changed);
  };
}
