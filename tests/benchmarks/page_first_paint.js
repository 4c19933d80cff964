// Notes when the output of a run appeared, and when its lines were on a canvas.
(() => {
  window.watchPaint = () => {
    window.paint = { appeared: NaN, drawn: NaN, whole: NaN };
  };
  window.watchPaint();

  new MutationObserver(() => {
    if (isNaN(paint.appeared) && document.querySelector('.labbook-renderer')) {
      paint.appeared = performance.now();
    }
  }).observe(document, { childList: true, subtree: true });

  const text = Response.prototype.text;
  Response.prototype.text = async function () {
    const said = await text.call(this);
    if (this.url.includes('/series') && /"behind":\s*false/.test(said)) {
      paint.whole = Math.min(performance.now(), paint.whole || Infinity);
    }
    return said;
  };

  // Axes, words and predictions are grey; lines have a colour.
  const coloured = canvas => {
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b] = data.subarray(i, i + 3);
      count += data[i + 3] > 100 && Math.max(r, g, b) - Math.min(r, g, b) > 60;
    }
    return count;
  };
  const LEAST = 100;

  const after = new MessageChannel();
  const dirty = new Set();
  // A message that is posted while a frame is drawn comes when it has been.
  after.port1.onmessage = () => {
    const when = performance.now();
    for (const canvas of dirty) {
      if (canvas.closest('.labbook-renderer') && coloured(canvas) >= LEAST) {
        paint.drawn = Math.min(when, paint.drawn || Infinity);
      }
    }
    dirty.clear();
  };
  for (const method of ['stroke', 'fill', 'fillRect']) {
    const original = CanvasRenderingContext2D.prototype[method];
    CanvasRenderingContext2D.prototype[method] = function (...values) {
      if (isNaN(paint.drawn)) {
        if (!dirty.size) {
          after.port2.postMessage(null);
        }
        dirty.add(this.canvas);
      }
      return original.apply(this, values);
    };
  }
})();
