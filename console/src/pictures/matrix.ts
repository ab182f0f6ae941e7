// How does a matrix of tactics and techniques look? Columns of buttons whose shade is the count; one tab stop, arrow keys within.
import { heatStep, html, type Picture } from './picture';

export interface MatrixTechnique { id: string; external: string; name: string; count: number; against: number | null; own: boolean; children: readonly MatrixTechnique[] }
export interface MatrixTactic { id: string; name: string; note: string; techniques: readonly MatrixTechnique[] }
export interface MatrixData { tactics: readonly MatrixTactic[]; compared: boolean; open: ReadonlySet<string>; here: string | null; filter: string; onlySeen: boolean }
export interface MatrixCallbacks {
  onOpen(technique: MatrixTechnique): void;
  onChildren(id: string): void;
  describe(technique: MatrixTechnique, tactic: MatrixTactic): string;
  childrenText(technique: MatrixTechnique, open: boolean): string;
}

/** A name that may break where a new word begins within a word, such as `KernelCallbackTable`; elsewhere the browser knows better. */
function broken(name: string): Node[] {
  return name.split(/(?<=\p{Ll})(?=\p{Lu})|(?<=[/_])/u).flatMap((part, at) => (at === 0 ? [document.createTextNode(part)] : [document.createElement('wbr'), document.createTextNode(part)]));
}

export function mount(el: HTMLElement, data: MatrixData, callbacks: MatrixCallbacks): Picture<MatrixData> {
  const grid = html('div', 'matrix');
  el.append(grid);
  let now = data;
  const columnsOf = (): HTMLElement[] => [...grid.children] as HTMLElement[];
  const cellsOf = (column: HTMLElement | undefined): HTMLButtonElement[] => [...(column?.querySelectorAll<HTMLButtonElement>('button.technique') ?? [])];

  function cell(technique: MatrixTechnique, tactic: MatrixTactic, largest: number, isChild: boolean): HTMLElement {
    const box = html('div', isChild ? 'cell child' : 'cell');
    const button = html('button', `technique heat-${heatStep(now.compared ? Math.max(technique.count, technique.against ?? 0) : technique.count, largest)}`);
    button.type = 'button';
    button.tabIndex = -1;
    button.dataset.id = technique.id;
    if (technique.id === now.here) button.setAttribute('aria-current', 'true');
    const name = html('span', 'technique-name');
    // Names are the framework's, in English, whatever the console speaks: hyphens are put as English has them.
    name.lang = 'en';
    name.append(...broken(technique.name));
    button.append(name);
    if (now.compared) {
      const both = technique.count > 0 && (technique.against ?? 0) > 0;
      const side = both ? 'both' : technique.count > 0 ? 'a' : (technique.against ?? 0) > 0 ? 'b' : '';
      if (side) button.append(html('span', `side side-${side}`, side === 'both' ? 'A B' : side.toUpperCase()));
      button.className = `technique compare-${side || 'none'}`;
    } else if (technique.count > 0) name.append(' ', html('span', 'technique-count', String(technique.count)));
    if (technique.own) button.classList.add('own');
    button.setAttribute('aria-label', callbacks.describe(technique, tactic));
    button.title = callbacks.describe(technique, tactic);
    button.addEventListener('click', () => callbacks.onOpen(technique));
    box.append(button);
    if (technique.children.length > 0) {
      const open = now.open.has(technique.id);
      const more = html('button', 'children', open ? '−' : `${technique.children.length}`);
      more.type = 'button';
      more.tabIndex = -1;
      more.setAttribute('aria-expanded', String(open));
      more.setAttribute('aria-label', callbacks.childrenText(technique, open));
      more.addEventListener('click', () => callbacks.onChildren(technique.id));
      box.append(more);
    }
    return box;
  }

  const wanted = (technique: MatrixTechnique): boolean => {
    const seen = !now.onlySeen || technique.count > 0 || (technique.against ?? 0) > 0 || technique.children.some((child) => child.count > 0);
    const text = now.filter.toLowerCase();
    const named = (one: MatrixTechnique): boolean => one.name.toLowerCase().includes(text) || one.external.toLowerCase().includes(text);
    return seen && (text === '' || named(technique) || technique.children.some(named));
  };

  function render(): void {
    const focused = grid.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.id : undefined;
    const largest = Math.max(1, ...now.tactics.flatMap((tactic) => tactic.techniques.map((technique) => Math.max(technique.count, technique.against ?? 0))));
    grid.replaceChildren(...now.tactics.map((tactic) => {
      const column = html('section', 'tactic');
      column.setAttribute('aria-label', tactic.name);
      const head = html('header', 'tactic-head');
      head.append(html('strong', '', tactic.name), html('span', 'dim', tactic.note));
      column.append(head);
      for (const technique of tactic.techniques.filter(wanted)) {
        column.append(cell(technique, tactic, largest, false));
        if (now.open.has(technique.id)) for (const child of technique.children) column.append(cell(child, tactic, largest, true));
      }
      return column;
    }));
    const cells = [...grid.querySelectorAll<HTMLButtonElement>('button.technique')];
    const stop = cells.find((button) => button.dataset.id === (focused ?? now.here)) ?? cells[0];
    if (stop) stop.tabIndex = 0;
    if (focused) stop?.focus();
  }

  function move(event: KeyboardEvent): void {
    const at = document.activeElement as HTMLButtonElement | null;
    const column = at?.closest<HTMLElement>('.tactic');
    if (!at || !column) return;
    const columns = columnsOf();
    const cells = cellsOf(column);
    const row = cells.indexOf(at.classList.contains('technique') ? at : (at.previousElementSibling as HTMLButtonElement));
    const sideways = (by: number): HTMLButtonElement | undefined => { const beside = cellsOf(columns[columns.indexOf(column) + by]); return beside[Math.min(row, beside.length - 1)]; };
    let next: HTMLButtonElement | undefined;
    if (event.key === 'ArrowDown') next = cells[row + 1];
    else if (event.key === 'ArrowUp') next = cells[row - 1];
    else if (event.key === 'ArrowRight') next = sideways(1);
    else if (event.key === 'ArrowLeft') next = sideways(-1);
    else if (event.key === 'Home') next = cells[0];
    else if (event.key === 'End') next = cells.at(-1);
    else if (event.key === '+' || event.key === '-') { const id = at.dataset.id; if (id && at.nextElementSibling) callbacks.onChildren(id); } else return;
    event.preventDefault();
    if (next) { at.tabIndex = -1; next.tabIndex = 0; next.focus(); }
  }

  grid.addEventListener('keydown', move);
  render();
  return {
    update(next) { now = next; render(); },
    destroy() { grid.remove(); },
  };
}
