// Notes when each row that was logged reached the pixels of its plot.
// `window.drawn`: [experiment, when, newest]: at `when` the canvas of a view was
// seen to differ, and from then on showed everything that was logged until `newest`.
(() => {
  window.drawn = [];
  const newest = new Map();
  const text = Response.prototype.text;
  Response.prototype.text = async function () {
    const said = await text.call(this);
    for (const [name, series] of answered(new URL(this.url), said)) {
      for (const line of series?.lines ?? []) {
        const last = line.time.at(-1) ?? 0;
        newest.set(name, Math.max(last, newest.get(name) ?? 0));
      }
    }
    return said;
  };

  // The lines of each experiment in an answer; it may be about one or several.
  const answered = ({ pathname, searchParams }, said) => {
    if (!pathname.endsWith("/series")) {
      return [];
    }
    const one = /experiments\/([^/]+)\/series$/.exec(pathname);
    return one
      ? [[decodeURIComponent(one[1]), JSON.parse(said)]]
      : searchParams
          .getAll("experiment")
          .map((name, at) => [name, JSON.parse(said).series[at]]);
  };

  const hashes = new WeakMap();
  const hash = (canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    let sum = 0;
    for (const word of new Uint32Array(data.buffer)) {
      sum = (Math.imul(sum, 31) + word) | 0;
    }
    return sum;
  };

  const dirty = new Set();
  const after = new MessageChannel();
  // A message that is posted while a frame is drawn comes when it has been.
  after.port1.onmessage = () => {
    const when = Date.now() / 1000;
    for (const canvas of dirty) {
      const view = canvas.closest(".labbook-live");
      const name = view?.querySelector("canvas") === canvas && nameOf(view);
      if (name && newest.has(name)) {
        const now = hash(canvas);
        if (hashes.get(canvas) !== now) {
          hashes.set(canvas, now);
          window.drawn.push([name, when, newest.get(name)]);
        }
      }
    }
    dirty.clear();
  };
  const nameOf = (view) => {
    const question = /busy-\d+/.exec(view.textContent)?.[0];
    return [...newest.keys()].find((name) => name.endsWith(`-${question}`));
  };
  for (const method of ["stroke", "fill", "fillRect"]) {
    const original = CanvasRenderingContext2D.prototype[method];
    CanvasRenderingContext2D.prototype[method] = function (...values) {
      if (!dirty.size) {
        after.port2.postMessage(null);
      }
      dirty.add(this.canvas);
      return original.apply(this, values);
    };
  }
})();
