import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import type { Words } from '../data/words.js';
import { h, setAttributes, setText } from '../views/dom.js';
import { countWords } from '../views/notice.js';
import { opensWords } from '../views/nights/words.js';
import { freshnessWords, troubleWord } from '../views/panel/words.js';
import { wordsFrom } from './host.js';
import { labbookIcon } from './icons.js';
import { ILabbook, type Nights } from './labbook.js';
import { followSetting } from './settings.js';

/** How many runs there are, and a way to the panel. */
class StatusItem extends Widget {
  constructor(
    private _labbook: ILabbook,
    private _words: Words,
    show: () => void
  ) {
    super();
    this.addClass('labbook-status-bar');
    this._button.addEventListener('click', show);
    labbookIcon.element({ container: this._icon, tag: 'span' });
    this._button.append(this._icon, this._text);
    this.node.append(this._button);
    this._unsubscribe = _labbook.source.subscribe(() => this._follow());
    this._follow();
  }

  override dispose(): void {
    this._unsubscribe();
    this._leave();
    super.dispose();
  }

  /** Another labbook has another queue. */
  private _follow(): void {
    const { nights } = this._labbook;
    if (nights !== this._nights) {
      this._leave();
      this._nights = nights;
      this._leave =
        nights?.queue.subscribe(() => this._draw()) ?? (() => undefined);
    }
    this._draw();
  }

  private _draw(): void {
    const { overview, freshness, labbook } = this._labbook.source;
    const words = this._words;
    const { contact } = freshness;
    const counted = countWords(overview?.counts ?? {}, words);
    const trouble = labbook ? troubleWord(contact, words) : '';
    const opens =
      counted && opensWords(this._nights?.queue.queue ?? null, words);
    const said = [counted, opens].filter(part => part).join(', ');
    setText(this._text, trouble || said || words.__('Labbook'));
    setAttributes(this._button, { 'data-contact': labbook ? contact : null });
    const age = labbook ? freshnessWords(freshness, words) : '';
    const where = labbook || words.__('No labbook here yet');
    this._button.title = [words.__('Show the labbook'), where, age]
      .filter(line => line)
      .join('\n');
  }

  private _button = h('button', { type: 'button' });
  private _icon = h('span', { 'aria-hidden': 'true' });
  // Counts change all the time: nobody wants to hear of each.
  private _text = h('span', { 'aria-live': 'off' });
  private _unsubscribe: () => void;
  private _leave: () => void = () => undefined;
  private _nights: Nights | null = null;
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-labbook:status-bar',
  description: 'Shows in the status bar how many runs run and wait.',
  autoStart: true,
  requires: [ILabbook],
  optional: [IStatusBar, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    labbook: ILabbook,
    statusBar: IStatusBar | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    if (!statusBar) {
      return;
    }
    const words = wordsFrom(translator);
    const item = new StatusItem(labbook, words, () => {
      void app.commands.execute('labbook:show-panel');
    });
    let active = false;
    const changed = new Signal<Widget, void>(item);
    statusBar.registerStatusItem('jupyter-labbook:status-bar', {
      item,
      align: 'left',
      rank: 3,
      isActive: () => active,
      activeStateChanged: changed
    });
    followSetting(settings, 'statusBar', true, value => {
      active = value;
      changed.emit();
    });
  }
};

export default plugin;
