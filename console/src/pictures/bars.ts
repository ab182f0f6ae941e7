// How do counts over time look? Stacked bars on uPlot; dragging over them chooses a span, and so do the arrow keys.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { colours, onTheme, type Picture } from './picture';

export interface Series { name: string; counts: readonly number[] }
export interface BarsData { from: readonly number[]; until: number; series: readonly Series[]; chosen: { from: number; until: number } | null }
export interface BarsCallbacks { label: string; onChoose(from: number, until: number): void; height: number; axes: boolean; moment(seconds: number): string }

const SERIES = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6'] as const;
/** Half of the longest label of the time axis, in pixels: so much is left at the edges, and none is cut. */
const LABEL = 28;
const TOKENS = [...SERIES, 'dim', 'line', 'accent', 'bg', 'surface'] as const;

/** A day, or a month where steps are long, or a time of day where they are short. */
function tick(seconds: number, step: number): string {
  const form: Intl.DateTimeFormatOptions = step >= 2_400_000 ? { month: 'short', year: 'numeric' } : step >= 86_400 ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  return new Intl.DateTimeFormat(document.documentElement.lang || 'en', { ...form, timeZone: 'UTC' }).format(seconds * 1000);
}

export function mount(el: HTMLElement, data: BarsData, callbacks: BarsCallbacks): Picture<BarsData> {
  let plot: uPlot | null = null;
  let now = data;
  let keyed: [number, number] | null = null;
  el.tabIndex = 0;
  el.setAttribute('role', 'group');
  el.setAttribute('aria-label', callbacks.label);

  /** uPlot draws later series over earlier ones: each bar is the sum of those beneath, the tallest first. */
  function stacked(): uPlot.AlignedData {
    const sums = new Array<number>(now.from.length).fill(0);
    const layers = now.series.map((series) => { series.counts.forEach((count, at) => { sums[at] = (sums[at] ?? 0) + count; }); return [...sums]; });
    return [[...now.from], ...layers.toReversed()] as uPlot.AlignedData;
  }

  function build(): void {
    plot?.destroy();
    plot = null;
    const width = Math.floor(el.clientWidth);
    if (width < 20 || now.from.length === 0) return;
    const ink = colours(el, TOKENS);
    // Steps without anything are left out: the shortest way from one to the next is the step.
    const step = Math.min(...now.from.map((from, at) => (now.from[at + 1] ?? Math.max(now.until, from + 1)) - from));
    const bars = uPlot.paths.bars?.({ size: [0.78, 26, 1], align: 1 });
    const font = "11px 'Inter Variable', system-ui";
    plot = new uPlot({
      width, height: callbacks.height, legend: { show: false }, padding: [6, LABEL, 0, callbacks.axes ? 0 : LABEL],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      scales: { x: { time: true, range: () => [now.from[0] ?? 0, Math.max(now.until, (now.from.at(-1) ?? 0) + step)] }, y: { range: (_, __, max) => [0, Math.max(1, max)] } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
      series: [{}, ...now.series.map((_, at) => ({ fill: ink[SERIES[(now.series.length - 1 - at) % SERIES.length] ?? 'series-1'], width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) }))],
      axes: [
        { stroke: ink.dim, font, size: 22, gap: 4, space: 64, values: (_, splits, __, ___, step) => splits.map((seconds) => tick(seconds, step)), ticks: { show: false }, grid: { show: false } },
        { show: callbacks.axes, stroke: ink.dim, font, size: 36, ticks: { show: false }, grid: { stroke: ink.line, width: 1 } },
      ],
      hooks: {
        setSelect: [(self) => {
          if (self.select.width < 3) return;
          const from = self.posToVal(self.select.left, 'x'); const until = self.posToVal(self.select.left + self.select.width, 'x');
          self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          callbacks.onChoose(from, until);
        }],
        draw: [(self) => mark(self, ink.accent)],
      },
    }, stacked(), el);
  }

  function mark(self: uPlot, colour: string): void {
    const span = keyed ? { from: now.from[keyed[0]] ?? 0, until: (now.from[keyed[1] + 1] ?? now.until) } : now.chosen;
    if (!span) return;
    const left = self.valToPos(Math.max(span.from, now.from[0] ?? span.from), 'x', true); const right = self.valToPos(Math.min(span.until, self.scales.x?.max ?? span.until), 'x', true);
    const { ctx, bbox } = self;
    ctx.save();
    ctx.strokeStyle = colour; ctx.fillStyle = colour; ctx.lineWidth = 2;
    ctx.globalAlpha = 0.14; ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 1; ctx.strokeRect(left, bbox.top, right - left, bbox.height);
    ctx.restore();
  }

  function key(event: KeyboardEvent): void {
    const last = now.from.length - 1;
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const by = event.key === 'ArrowRight' ? 1 : -1;
      const [from, until] = keyed ?? [last, last];
      const next = Math.min(last, Math.max(0, (keyed ? until : last + (by < 0 ? 1 : 0)) + by));
      keyed = event.shiftKey ? [Math.min(from, next), Math.max(from, next)] : [next, next];
    } else if (event.key === 'Enter' && keyed) callbacks.onChoose(now.from[keyed[0]] ?? 0, now.from[keyed[1] + 1] ?? now.until);
    else if (event.key === 'Escape') keyed = null;
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (keyed) el.setAttribute('aria-description', `${callbacks.moment(now.from[keyed[0]] ?? 0)} – ${callbacks.moment(now.from[keyed[1] + 1] ?? now.until)}`);
    plot?.redraw();
  }

  const observer = new ResizeObserver(() => { if (plot && Math.floor(el.clientWidth) > 20) plot.setSize({ width: Math.floor(el.clientWidth), height: callbacks.height }); else build(); });
  observer.observe(el);
  const forgetTheme = onTheme(build);
  el.addEventListener('keydown', key);
  build();
  return {
    update(next) { now = next; keyed = null; build(); },
    destroy() { observer.disconnect(); forgetTheme(); el.removeEventListener('keydown', key); plot?.destroy(); },
  };
}
