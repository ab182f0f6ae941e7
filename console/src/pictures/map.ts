// Which countries do the objects speak of? A choropleth in SVG; countries with a count are tab stops with names. No tiles, no server.
import { geoGraticule10, geoNaturalEarth1, geoPath } from 'd3-geo';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import worldUrl from '../../made/world.json?url';
import { heatStep, html, svg, type Picture } from './picture';

export interface MapCountry { code: string; name: string; count: number }
export interface MapData { countries: readonly MapCountry[]; chosen: string | null }
export interface MapCallbacks { label: string; onChoose(code: string): void; describe(name: string, count: number): string; nameOf(two: string, name: string): string }
type World = Topology<{ countries: GeometryCollection<{ two: string; name: string }> }>;

const WIDTH = 960;
const HEIGHT = 468;
let loading: Promise<World> | null = null;

export function mount(el: HTMLElement, data: MapData, callbacks: MapCallbacks): Picture<MapData> {
  let now = data;
  let gone = false;
  const frame = html('figure', 'map');
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'group', 'aria-label': callbacks.label, preserveAspectRatio: 'xMidYMid meet' });
  const tip = html('figcaption', 'map-tip');
  tip.hidden = true;
  frame.append(picture, tip);
  el.append(frame);
  const shapes: Array<{ two: string; three: string; name: string; path: SVGPathElement }> = [];

  loading ??= fetch(worldUrl).then((answer) => answer.json() as Promise<World>);
  void loading.then((world) => { if (!gone) { draw(world); colour(); } });

  function draw(world: World): void {
    const projection = geoNaturalEarth1().fitExtent([[4, 4], [WIDTH - 4, HEIGHT + 44]], { type: 'Sphere' });
    const path = geoPath(projection).digits(1);
    picture.append(svg('path', { d: path({ type: 'Sphere' }) ?? '', class: 'map-sea' }), svg('path', { d: path(geoGraticule10()) ?? '', class: 'map-lines' }));
    for (const country of feature(world, world.objects.countries).features) {
      const shape = svg('path', { d: path(country) ?? '' });
      const { two, name } = country.properties;
      shapes.push({ two, three: String(country.id), name: callbacks.nameOf(two, name), path: shape });
      picture.append(shape);
    }
    picture.append(svg('path', { d: path(mesh(world, world.objects.countries, (a, b) => a !== b)) ?? '', class: 'map-borders' }));
  }

  function colour(): void {
    const counts = new Map(now.countries.map((country) => [country.code.toUpperCase(), country.count]));
    const largest = Math.max(1, ...counts.values());
    for (const { two, three, name, path } of shapes) {
      const count = counts.get(two) ?? counts.get(three) ?? 0;
      const chosen = now.chosen === two || now.chosen === three;
      path.setAttribute('class', `country heat-${heatStep(count, largest)}${chosen ? ' chosen' : ''}`);
      if (count > 0) {
        for (const [key, value] of Object.entries({ tabindex: '0', role: 'button', 'aria-pressed': String(chosen), 'aria-label': callbacks.describe(name, count) })) path.setAttribute(key, value);
      } else for (const key of ['tabindex', 'role', 'aria-pressed', 'aria-label']) path.removeAttribute(key);
      path.dataset.code = counts.has(three) ? three : two;
      path.dataset.tip = callbacks.describe(name, count);
    }
  }

  const choose = (target: EventTarget | null): void => { const path = (target as Element | null)?.closest<SVGPathElement>('[role="button"]'); if (path?.dataset.code) callbacks.onChoose(path.dataset.code); };
  picture.addEventListener('click', (event) => choose(event.target));
  picture.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); event.stopPropagation(); choose(event.target); } });
  const show = (event: Event): void => { const text = (event.target as SVGElement).dataset?.tip; tip.hidden = !text; tip.textContent = text ?? ''; };
  picture.addEventListener('pointerover', show);
  picture.addEventListener('focusin', show);
  picture.addEventListener('pointerleave', () => { tip.hidden = true; });

  return { update(next) { now = next; colour(); }, destroy() { gone = true; frame.remove(); } };
}
