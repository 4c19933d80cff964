/** One frame for all plots of a page. */

/** What is drawn on canvases, and what then changes on the page around them. */
export interface Drawing {
  draw(): void;
  tell(): void;
}

const due = new Set<Drawing>();
let frame = 0;

/**
 * Draw at the next frame, together with all others that are due by then.
 *
 * Writing on a canvas makes the browser work out the page's style first: all canvases
 * are drawn before the first word around them changes, so that it does so once.
 */
export function draw(drawing: Drawing): void {
  due.add(drawing);
  frame ||= requestAnimationFrame(drawAll);
}

/** Do not draw after all. */
export function leave(drawing: Drawing): void {
  due.delete(drawing);
}

function drawAll(): void {
  frame = 0;
  const now = [...due];
  due.clear();
  now.forEach(each => each.draw());
  now.forEach(each => each.tell());
}
