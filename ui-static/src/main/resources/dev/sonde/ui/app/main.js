// Wires the page: state to views, views to state.

import { Api } from '../data/api.js';
import { Page } from './page.js';
import { Store } from './state.js';

const page = new Page(new Store(), new Api());
/** Read-only: what the page draws, so that a test can hold it against the API's totals. */
Object.defineProperty(window, 'sondeView', { value: page.model });
page.start();
