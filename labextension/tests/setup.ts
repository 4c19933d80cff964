/// <reference types="node" />
/**
 * What every test begins with.
 *
 * Node's `fetch` takes no signals but Node's own, from version 24 on, and jsdom puts
 * others in their place.
 */

import { transferableAbortController } from 'node:util';

const own = transferableAbortController();
globalThis.AbortController = own.constructor as typeof AbortController;
globalThis.AbortSignal = own.signal.constructor as typeof AbortSignal;
