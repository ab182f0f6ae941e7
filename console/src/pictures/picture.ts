// What is a picture? A function without a framework that draws data into an element and can be fed and taken away.
export interface Picture<Data> {
  update(data: Data): void;
  destroy(): void;
}

/** The colour that a token has now, as canvas wants it. */
export function colours<Name extends string>(at: Element, names: readonly Name[]): Record<Name, string> {
  const probe = document.createElement('span');
  probe.hidden = true;
  at.append(probe);
  const found = {} as Record<Name, string>;
  for (const name of names) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

/** Calls back when the theme changes, by choice or by the system. */
export function onTheme(run: () => void): () => void {
  const watcher = new MutationObserver(run);
  watcher.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', run);
  return () => { watcher.disconnect(); query.removeEventListener('change', run); };
}

export function svg<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Record<string, string | number> = {}): SVGElementTagNameMap[Name] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

export function html<Name extends keyof HTMLElementTagNameMap>(name: Name, className = '', text = ''): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** Which of the seven steps of the ramp a count gets: by its share of the largest, on a root scale. */
export function heatStep(count: number, largest: number): number {
  if (count <= 0 || largest <= 0) return 0;
  return Math.min(6, 1 + Math.floor(Math.sqrt(count / largest) * 5.999));
}
