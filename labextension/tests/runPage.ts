/** The live run view on a page of its own; tests/browser drives it. */

import { english } from '../src/data/words.js';
import { LiveRunView } from '../src/views/experiment.js';
import {
  aHost,
  aRun,
  anExperiment,
  HeldExperiment
} from './experimentSource.js';

const source = new HeldExperiment();
const host = aHost(english);

Object.assign(window, {
  source,
  host,
  aRun,
  anExperiment,
  open: () => {
    const view = new LiveRunView(source, host);
    document.getElementById('run')!.replaceChildren(view.node);
    return view.node;
  }
});
