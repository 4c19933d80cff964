// The least contrast between a text and what lies behind it: [ratio, text].
selector => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });

  const over = colours => {
    for (const colour of colours) {
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
    }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = rgb => {
    const [r, g, b] = rgb.map(part => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    const colours = [];
    for (let node = element; node; node = node.parentElement) {
      colours.unshift(getComputedStyle(node).backgroundColor);
    }
    return ['#fff', ...colours];
  };
  const measured = [];
  const root = document.querySelector(selector);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility({ opacityProperty: true })) {
      continue;
    }
    const back = behind(element);
    const [light, dark] = [
      luminance(over(back)),
      luminance(over([...back, getComputedStyle(element).color]))
    ].sort((a, b) => b - a);
    measured.push([(light + 0.05) / (dark + 0.05), text]);
  }
  return measured.sort((a, b) => a[0] - b[0])[0];
};
