// The page as a whole: which change of state asks the server, and which only draws anew.

import { isRelative } from '../data/time.js';
import { readPattern, patternOf, searchTree } from '../flame/search.js';
import { findNode, nodeKey } from '../flame/tree.js';
import { withoutLabels } from '../selector/complete.js';
import { showCrumbs, showLostZoom } from '../view/crumbs.js';
import { byId } from '../view/dom.js';
import { FlameView } from '../view/flame-view.js';
import { showLegend } from '../view/legend.js';
import { closeMenusOutside } from '../view/menus.js';
import { Notice } from '../view/notice.js';
import { SearchBox } from '../view/search-box.js';
import { SelectorInput } from '../view/selector-input.js';
import { StatusBar } from '../view/status-bar.js';
import { TableView } from '../view/table-view.js';
import { TimeLine } from '../view/time-line.js';
import { TimeRange } from '../view/time-range.js';
import { Tooltip } from '../view/tooltip.js';
import { ViewPicker } from '../view/view-picker.js';
import { Loader } from './loader.js';
import { themeNow, watchTheme } from './theme.js';

const LIVE_MILLIS = 10_000;
/** While nothing is there to look at, the first profile should not be waited for. */
const WAITING_MILLIS = 3_000;

export class Page {
  #store;
  #api;
  #loader;
  #tree = null;
  #top = null;
  #typesKnown = false;
  #knownLabels = null;
  #timer = 0;
  #selector;
  #timeRange;
  #timeLine;
  #views;
  #search;
  #flame;
  #table;
  #notice;
  #status;

  constructor(store, api) {
    this.#store = store;
    this.#api = api;
    this.#loader = new Loader(api, {
      busy: (busy) => this.#busy(busy),
      series: (answer, range) => this.#timeLine.show(answer, range, this.#state.pick),
      flame: (tree, millis) => this.#showTree(tree, millis),
      top: (answer) => this.#showTop(answer),
      fault: (error) => this.#showFault(error),
    });
    this.#buildHead();
    this.#buildBody();
    closeMenusOutside();
    watchTheme(byId('theme'), () => this.#useTheme());
    store.listen((state, changed) => this.#changed(state, changed));
    document.addEventListener('visibilitychange', () => this.#schedule());
  }

  get #state() {
    return this.#store.state;
  }

  /** Read-only views of what is on the screen, for tests. */
  get model() {
    const page = this;
    return Object.freeze({
      get state() { return page.#state; },
      get flame() { return page.#flame.model; },
      get timeLine() { return page.#timeLine.model; },
      get table() { return page.#table.names; },
      nameAt: (x, y) => page.#flame.nameAtPoint(x, y),
    });
  }

  async start() {
    this.#showControls(this.#state);
    await this.#learnTypes();
  }

  #buildHead() {
    this.#selector = new SelectorInput(byId('selector'), {
      submit: (query) => this.#submit(query),
      wantLabels: (type) => this.#labels(type),
    });
    this.#timeRange = new TimeRange(byId('range'), {
      choose: (from, to) => this.#store.go({ from, to, pick: null, live: this.#state.live && isRelative(to) }),
      live: (live) => this.#store.go({ live, ...(live ? { pick: null } : {}) }),
      now: () => this.#api.now(),
    });
    this.#timeLine = new TimeLine(byId('time-line'), (pick) => this.#store.go({ pick, ...(pick ? { live: false } : {}) }));
  }

  #buildBody() {
    this.#views = new ViewPicker(byId('views'), (view) => this.#store.go({ view }));
    this.#search = new SearchBox(byId('search'), {
      type: (search) => this.#store.amend({ search }),
      next: (step) => this.#flame.focusMatch(step),
    });
    this.#flame = new FlameView(byId('flame'), themeNow(), {
      zoom: (key) => this.#store.go({ zoom: key }),
      say: (text) => { byId('spoken').textContent = text; },
      tooltip: new Tooltip(byId('tooltip')),
    });
    this.#table = new TableView(byId('table'), {
      sort: (sort) => this.#store.go({ sort }),
      choose: (name) => this.#chooseFunction(name),
    });
    this.#notice = new Notice(byId('notice'));
    this.#status = new StatusBar(byId('status'));
  }

  /** A click on a function finds it in the flame graph; a second click lets it go. */
  #chooseFunction(name) {
    const search = patternOf(name);
    const again = this.#state.search === search;
    this.#store.go({ search: again ? '' : search, view: again || this.#state.view !== 'table' ? this.#state.view : 'both' });
  }

  async #learnTypes() {
    clearTimeout(this.#timer);
    this.#busy(true);
    try {
      const types = await this.#api.types();
      if (types.length === 0) {
        this.#notice.noProfilesYet();
        this.#timer = setTimeout(() => this.#learnTypes(), WAITING_MILLIS);
        return;
      }
      this.#typesKnown = true;
      this.#selector.showTypes(types);
      const first = types.find(({ type }) => type === 'cpu') ?? types[0];
      if (this.#state.query === '') this.#store.amend({ query: `${first.type}{}` });
      else this.#loader.loadAll(this.#state);
    } catch (error) {
      this.#showFault(error);
    } finally {
      this.#busy(false);
    }
  }

  #submit(query) {
    if (query !== this.#state.query) this.#store.go({ query });
    else this.#loader.loadAll(this.#state);
  }

  /** Labels of a type, in the range shown; asked for once, not with every letter. */
  #labels(type) {
    const query = type === '' ? withoutLabels(this.#state.query) : `${type}{}`;
    const range = this.#loader.part(this.#state);
    const key = `${query} ${range.from} ${range.to}`;
    if (this.#knownLabels?.key !== key) {
      const labels = this.#api.labels(query, range);
      this.#knownLabels = { key, labels };
      labels.catch(() => { this.#knownLabels = null; });
    }
    return this.#knownLabels.labels;
  }

  #changed(state, changed) {
    this.#showControls(state);
    if (changed.has('query') || changed.has('from') || changed.has('to')) this.#loader.loadAll(state);
    else if (changed.has('live') && state.live) this.#loader.loadAll(state);
    else if (changed.has('pick') || (changed.has('view') && state.view !== 'flame')) this.#loader.loadPart(state);
    if (changed.has('pick')) this.#timeLine.showPick(state.pick);
    if (changed.has('zoom')) this.#showZoom();
    if (changed.has('search')) this.#showSearch();
    if (changed.has('sort')) this.#drawTable();
    this.#schedule();
  }

  #showControls(state) {
    if (state.query !== '') this.#selector.showQuery(state.query);
    this.#timeRange.show(state);
    this.#views.show(state.view);
    byId('flame').hidden = state.view === 'table';
    byId('table').hidden = state.view === 'flame';
    byId('content').dataset.view = state.view;
    document.title = state.query === '' ? 'Sonde' : `${state.query} · Sonde`;
  }

  #showTree(tree, millis) {
    this.#tree = tree;
    this.#selector.clearFault();
    const part = this.#loader.part(this.#state);
    this.#flame.show(tree, this.#state.zoom);
    this.#showZoom();
    this.#showSearch();
    showLegend(byId('legend'), tree, this.#flame.palette);
    this.#status.show(tree, part, millis);
    byId('export-pprof').href = this.#api.pprofUrl(this.#state.query, part);
    byId('export-collapsed').href = this.#api.collapsedUrl(this.#state.query, part);
    byId('content').classList.toggle('empty', tree.total === 0);
    if (tree.total === 0) this.#explainEmptiness();
    else this.#notice.hide();
    this.#schedule();
  }

  async #explainEmptiness() {
    const state = this.#state;
    try {
      const latest = await this.#loader.latestData(state);
      if (state !== this.#state || this.#tree.total > 0) return;
      this.#notice.noSamples(state.query, latest, this.#api.now(), (from, to) => this.#store.go({ from, to, pick: null, live: false }));
    } catch (error) {
      if (error.name !== 'AbortError') this.#showFault(error);
    }
  }

  #showTop(answer) {
    this.#top = answer;
    this.#drawTable();
  }

  #drawTable() {
    if (this.#top !== null) this.#table.show(this.#top, this.#state.sort, readPattern(this.#state.search).pattern, this.#flame.palette);
  }

  #showZoom() {
    if (this.#tree === null || this.#tree.count === 0) return;
    const key = this.#state.zoom;
    const zoom = this.#flame.zoomTo(key);
    const lost = key !== '' && findNode(this.#tree, key) < 0;
    if (lost) showLostZoom(byId('crumbs'), key, () => this.#store.go({ zoom: '' }));
    else showCrumbs(byId('crumbs'), this.#tree, zoom, (node) => this.#store.go({ zoom: nodeKey(this.#tree, node) }));
  }

  #showSearch() {
    const { pattern, error } = readPattern(this.#state.search);
    const found = this.#tree === null ? null : searchTree(this.#tree, pattern);
    this.#flame.highlight(found);
    this.#search.show(this.#state.search, found, this.#tree?.total ?? 0, error);
    this.#drawTable();
  }

  #showFault(error) {
    const refused = error.status >= 400 && error.status < 500;
    if (refused) this.#selector.showFault(error.message, error.column);
    byId('content').classList.add('empty');
    this.#status.clear();
    if (refused) this.#notice.refused(error.message);
    else this.#notice.fault(error.message, () => (this.#typesKnown ? this.#loader.loadAll(this.#state) : this.#learnTypes()));
    this.#schedule();
  }

  /** Looks again later: soon while nothing is there, at leisure when live, never for a range in the past or a hidden page. */
  #schedule() {
    if (!this.#typesKnown) return;
    clearTimeout(this.#timer);
    const waiting = this.#tree?.total === 0 && isRelative(this.#state.to) && this.#state.pick === null;
    if (document.hidden || !(this.#state.live || waiting)) return;
    this.#timer = setTimeout(() => this.#loader.loadAll(this.#state).then(() => this.#schedule()), waiting ? WAITING_MILLIS : LIVE_MILLIS);
  }

  #useTheme() {
    this.#flame.useTheme(themeNow());
    this.#timeLine.redraw();
    this.#drawTable();
    if (this.#tree !== null) showLegend(byId('legend'), this.#tree, this.#flame.palette);
  }

  #busy(busy) {
    byId('progress').hidden = !busy;
    byId('content').setAttribute('aria-busy', String(busy));
  }
}
