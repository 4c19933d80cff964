/** The planning widget's ES module, as anywidget loads it. */

import base from '../../style/base.css';
import plan from '../../style/plan.css';
import { WidgetPlanSource, type WidgetModel } from '../data/widgetSource.js';
import { PlanView } from '../views/plan.js';

function render({
  model,
  el
}: {
  model: WidgetModel;
  el: HTMLElement;
}): () => void {
  const source = new WidgetPlanSource(model);
  const view = new PlanView(source);
  const style = document.createElement('style');
  style.textContent = base + plan;
  el.append(style, view.node);
  return () => {
    view.dispose();
    source.dispose();
    style.remove();
  };
}

export default { render };
