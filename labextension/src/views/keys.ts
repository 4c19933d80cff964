/** Sharing the keyboard with the program around a view. */

/**
 * Keep the shortcuts of JupyterLab and Notebook from the focused element.
 *
 * They are looked up before the element sees its key, `D D` deletes a cell, and
 * some match the element itself: the mark on a parent would come too late.
 */
export function keepKeys(event: FocusEvent): void {
  (event.target as Element).setAttribute('data-lm-suppress-shortcuts', 'true');
}

/** Saving is the host's affair: let it see the key outside of the view. */
export function passOn(event: KeyboardEvent, node: HTMLElement): void {
  const { key, code, keyCode, ctrlKey, metaKey, shiftKey } = event;
  const copy = new KeyboardEvent('keydown', {
    ...{ key, code, keyCode, ctrlKey, metaKey, shiftKey },
    ...{ bubbles: true, cancelable: true, composed: true }
  });
  if (!node.parentElement?.dispatchEvent(copy)) {
    event.preventDefault();
  }
}

/** Whether a key press means "store this": Ctrl or Command with Enter. */
export function submits(event: KeyboardEvent): boolean {
  return (
    event.key === 'Enter' &&
    (event.ctrlKey || event.metaKey) &&
    !event.isComposing
  );
}
