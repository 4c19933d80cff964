/** The planning widget's ES module, as anywidget loads it. */

import base from '../../style/base.css';
import plan from '../../style/plan.css';
import { WidgetPlanSource, type WidgetModel } from '../data/widgetSource.js';
import { PlanView } from '../views/plan.js';

/** What the widget changes by itself, besides the plan. */
interface EditedModel extends WidgetModel {
  set(name: string, value: unknown): void;
  save_changes(): void;
}

function render({
  model,
  el
}: {
  model: EditedModel;
  el: HTMLElement;
}): () => void {
  const source = new WidgetPlanSource(model);
  const view = new PlanView(source);
  const style = document.createElement('style');
  style.textContent = base + plan;
  el.append(style, view.node);
  // The kernel leaves the list in the page as long as somebody types into it.
  const tell = (editing: boolean): void => {
    model.set('editing', editing);
    model.save_changes();
  };
  view.node.addEventListener('focusin', () => tell(true));
  view.node.addEventListener('focusout', () => tell(false));
  return () => {
    view.dispose();
    source.dispose();
    style.remove();
  };
}

export default { render };
