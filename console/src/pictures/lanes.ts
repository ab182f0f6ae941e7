// When was which campaign active? One lane each, from first to last seen.
import { scaleUtc } from 'd3-scale';
import { html, svg, type Picture } from './picture';

export interface Lane { id: string; name: string; first: number; last: number; href: string; text: string }
export interface LanesData { lanes: readonly Lane[] }

const ROW = 26;
const NAME = 190;
/** Half of the longest label of the axis, in pixels. */
const LABEL = 30;

export function mount(el: HTMLElement, data: LanesData): Picture<LanesData> {
  let now = data;
  const box = html('div', 'lanes');
  el.append(box);

  function render(): void {
    const width = Math.max(240, el.clientWidth - NAME - 16);
    const [from, until] = [Math.min(...now.lanes.map((lane) => lane.first)), Math.max(...now.lanes.map((lane) => lane.last))];
    const x = scaleUtc().domain([from, Math.max(until, from + 86_400_000)]).range([4, width - 12]).nice();
    const ticks = x.ticks(Math.max(2, Math.floor(width / 110)));
    const format = x.tickFormat(ticks.length);
    const axis = svg('svg', { width, height: 20, class: 'lane-axis', 'aria-hidden': 'true' });
    // A label that would leave the picture stands beside its line instead of under it.
    for (const tick of ticks) { const at = x(tick); const side = at < LABEL ? 'start' : at > width - LABEL ? 'end' : 'middle'; const label = svg('text', { x: at, y: 14, class: `lane-tick ${side}` }); label.textContent = format(tick); axis.append(label); }
    const rows = now.lanes.map((lane) => {
      const row = html('a', 'lane');
      row.href = lane.href;
      row.title = lane.text;
      const picture = svg('svg', { width, height: ROW, 'aria-hidden': 'true' });
      for (const tick of ticks) picture.append(svg('line', { x1: x(tick), x2: x(tick), y1: 0, y2: ROW, class: 'lane-grid' }));
      picture.append(svg('rect', { x: x(lane.first), y: 7, width: Math.max(6, x(lane.last) - x(lane.first)), height: ROW - 14, rx: 4, class: 'lane-bar' }));
      row.append(html('span', 'lane-name clip', lane.name), html('span', 'hidden-text', lane.text), picture);
      return row;
    });
    const head = html('div', 'lane lane-head');
    head.append(html('span', 'lane-name'), axis);
    box.replaceChildren(...(now.lanes.length > 0 ? [head, ...rows] : []));
  }

  const observer = new ResizeObserver(render);
  observer.observe(el);
  return { update(next) { now = next; render(); }, destroy() { observer.disconnect(); box.remove(); } };
}
