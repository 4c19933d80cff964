import { h } from '../dom.js';

/** Colours and letters of the page around a plot, as a canvas takes them. */
export interface Theme {
  back: string;
  text: string;
  quiet: string;
  /** Of the grid. */
  line: string;
  family: string;
}

/**
 * Read the colours that apply to a node now.
 *
 * A canvas knows no variables: an element that is never drawn works them out.
 */
export function theme(node: HTMLElement): Theme {
  const probe = h('span', { hidden: true });
  node.append(probe);
  const style = getComputedStyle(probe);
  const read = (colour: string): string => {
    probe.style.color = colour;
    return style.color;
  };
  const back = read('var(--labbook-back)');
  const text = read('var(--labbook-text)');
  const quiet = read('var(--labbook-quiet)');
  // Weaker than a border: many of them lie behind the lines.
  const line = read(
    'color-mix(in srgb, var(--labbook-quiet) 28%, transparent)'
  );
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
