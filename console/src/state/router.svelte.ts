// Which screen is shown, and in which state? The address says it all: it can be saved, sent and gone back to.
export type Screen =
  | 'home' | 'objects' | 'object' | 'graph' | 'matrix' | 'time' | 'hits' | 'board' | 'intake' | 'releases' | 'partners' | 'audit' | 'admin' | 'unknown';

export interface Route { screen: Screen; id: string | null; params: URLSearchParams }

const PATHS: ReadonlyArray<[RegExp, Screen]> = [
  [/^\/$/, 'home'], [/^\/objects$/, 'objects'], [/^\/objects\/([^/]+)$/, 'object'], [/^\/graph$/, 'graph'], [/^\/matrix$/, 'matrix'],
  [/^\/time$/, 'time'], [/^\/hits$/, 'hits'], [/^\/board$/, 'board'], [/^\/intake$/, 'intake'], [/^\/releases(?:\/([^/]+))?$/, 'releases'],
  [/^\/partners(?:\/([^/]+))?$/, 'partners'], [/^\/audit$/, 'audit'], [/^\/admin$/, 'admin'],
];

export function parse(path: string, search: string): Route {
  const clean = path.length > 1 ? path.replace(/\/$/, '') : path;
  for (const [form, screen] of PATHS) {
    const match = form.exec(clean);
    if (match) return { screen, id: match[1] ? decodeURIComponent(match[1]) : null, params: new URLSearchParams(search) };
  }
  return { screen: 'unknown', id: null, params: new URLSearchParams(search) };
}

export type Params = Record<string, string | number | null | undefined>;

/** An address; `as` (see as a partner) goes with one wherever one goes. */
export function href(path: string, params: Params = {}, as: string | null = seenAs()): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value !== null && value !== undefined && value !== '') search.set(key, String(value));
  if (as && !search.has('as')) search.set('as', as);
  const text = search.toString().replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%3E', '>').replaceAll('%3C', '<');
  return text ? `${path}?${text}` : path;
}

export const objectHref = (id: string, params: Params = {}): string => href(`/objects/${encodeURIComponent(id)}`, params);

const now = $state<{ route: Route; visit: number }>({ route: parse('/', ''), visit: 0 });
export const router = {
  get route(): Route { return now.route; },
  get visit(): number { return now.visit; },
  param(name: string): string | null { return now.route.params.get(name); },
};

/** The partner as whom one sees, from the address. */
export function seenAs(): string | null {
  return now.route.params.get('as');
}

function read(): void {
  const before = now.route.screen + now.route.id;
  now.route = parse(location.pathname, location.search);
  if (before !== now.route.screen + now.route.id) now.visit += 1;
}

export function go(address: string, how: 'push' | 'replace' = 'push'): void {
  if (address === location.pathname + location.search) return;
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', address);
  read();
}

/** Changes some parameters of the address and leaves the rest. */
export function patch(change: Params, how: 'push' | 'replace' = 'replace'): void {
  const params: Params = Object.fromEntries(now.route.params);
  go(href(location.pathname, { ...params, ...change }, null), how);
}

export function start(): void {
  read();
  addEventListener('popstate', read);
  // Links within the console do not load the page anew; whoever asks for a new tab gets one.
  addEventListener('click', (click) => {
    if (click.defaultPrevented || click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return;
    const link = (click.target as Element | null)?.closest?.('a[href]') as HTMLAnchorElement | null;
    if (!link || link.target || link.hasAttribute('download') || link.dataset.reload !== undefined || link.origin !== location.origin) return;
    click.preventDefault();
    go(link.pathname + link.search);
  });
}
