// How does one walk in a graph? Canvas 2D by mouse, touch and arrow keys; what lies stays where it lies.
import { familyOf } from '../families';
import { Painter, scale, type DrawnEdge, type DrawnFold, type DrawnNode, type Scene, type View } from './graph-draw';
import type { LayoutAnswer, LayoutRequest } from './graph-layout';
import layoutUrl from './graph-layout?worker&url';
import { place, type Placed } from './graph-place';
import { onTheme, type Picture } from './picture';
import { startWorker } from './worker';

export interface GraphNode { id: string; type: string; shown: string; degree: number; marking: string }
export interface GraphEdge { id: string; source: string; target: string; verb: string }
export interface GraphFold { around: string; type: string; verb: string; count: number; text: string }
export interface GraphData { nodes: readonly GraphNode[]; edges: readonly GraphEdge[]; folded: readonly GraphFold[]; positions: ReadonlyMap<string, { x: number; y: number; pinned: boolean }>; selected: ReadonlySet<string>; path: ReadonlySet<string> }
export interface GraphCallbacks {
  label: string;
  onHere(id: string | null): void;
  onSelect(ids: ReadonlySet<string>): void;
  onOpen(id: string): void;
  onFold(fold: GraphFold): void;
  onMoved(positions: ReadonlyMap<string, { x: number; y: number; pinned: boolean }>): void;
  onLaidOut(milliseconds: number): void;
}
export interface GraphPicture extends Picture<GraphData> {
  fit(): void;
  zoom(by: number): void;
  pin(id: string): void;
  layOut(): void;
  at(id: string): void;
  png(): Promise<Blob | null>;
  positions(): ReadonlyMap<string, { x: number; y: number; pinned: boolean }>;
  canvas: HTMLCanvasElement;
}

export function mount(el: HTMLElement, data: GraphData, callbacks: GraphCallbacks): GraphPicture {
  return new Graph(el, data, callbacks);
}

class Graph implements GraphPicture {
  readonly canvas = document.createElement('canvas');
  private readonly painter: Painter;
  private readonly view: View = { k: 1, x: 0, y: 0, width: 0, height: 0, ratio: 1 };
  private nodes: DrawnNode[] = [];
  private readonly byId = new Map<string, DrawnNode>();
  private edges: DrawnEdge[] = [];
  private folds: DrawnFold[] = [];
  private here: DrawnNode | null = null;
  private hovered: DrawnNode | null = null;
  private frame = 0;
  private run = 0;
  private worker: Worker | null = null;
  private started = 0;
  private touched = false;
  private readonly forget: Array<() => void> = [];

  constructor(private readonly el: HTMLElement, private data: GraphData, private readonly callbacks: GraphCallbacks) {
    const context = this.canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('this browser draws no canvas');
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-label', callbacks.label);
    this.canvas.className = 'graph-canvas';
    el.append(this.canvas);
    this.painter = new Painter(this.canvas, context);
    this.forget.push(onTheme(() => { this.painter.theme(); this.draw(); }));
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(el);
    this.forget.push(() => observer.disconnect());
    this.listen();
    this.resize();
    this.update(data);
    void document.fonts?.ready.then(() => { this.painter.theme(); this.draw(); });
  }

  update(data: GraphData): void {
    this.data = data;
    const before = new Map(this.nodes.map((node) => [node.id, node]));
    const ranked = data.nodes.toSorted((a, b) => b.degree - a.degree);
    this.byId.clear();
    this.nodes = ranked.map((node) => {
      const known = before.get(node.id) ?? data.positions.get(node.id);
      const drawn: DrawnNode = { id: node.id, type: node.type, shown: node.shown, family: familyOf(node.type), degree: node.degree, marking: node.marking, tlpColour: '', x: known?.x ?? Number.NaN, y: known?.y ?? Number.NaN, pinned: known?.pinned ?? false, radius: 0 };
      this.byId.set(node.id, drawn);
      return drawn;
    });
    this.edges = data.edges.flatMap((edge) => {
      const from = this.byId.get(edge.source); const to = this.byId.get(edge.target);
      return from && to ? [{ from, to, verb: edge.verb }] : [];
    });
    const drawnDegree = new Map<string, number>();
    for (const edge of this.edges) for (const end of [edge.from, edge.to]) drawnDegree.set(end.id, (drawnDegree.get(end.id) ?? 0) + 1);
    for (const node of this.nodes) node.radius = 7 + Math.min(13, Math.sqrt(drawnDegree.get(node.id) ?? 0) * 2.1);
    this.here = this.here ? (this.byId.get(this.here.id) ?? null) : null;
    this.hovered = null;
    this.settle();
    this.fold();
    this.draw();
  }

  /** Gives a place to whatever has none: by forces when nothing lies yet, else beside its neighbour. */
  private settle(): void {
    const placed = new Map<string, Placed>(this.nodes.filter((node) => !Number.isNaN(node.x)).map((node) => [node.id, node]));
    const newcomers = this.nodes.filter((node) => Number.isNaN(node.x));
    if (newcomers.length === 0) { if (!this.touched) this.fit(); return; }
    if (placed.size === 0) { this.layOut(); return; }
    const beside = new Map<string, string[]>();
    for (const edge of this.edges) {
      beside.set(edge.from.id, [...(beside.get(edge.from.id) ?? []), edge.to.id]);
      beside.set(edge.to.id, [...(beside.get(edge.to.id) ?? []), edge.from.id]);
    }
    for (const spot of place(newcomers.map((node) => node.id), (id) => beside.get(id) ?? [], placed)) {
      const node = this.byId.get(spot.id);
      if (node) { node.x = spot.x; node.y = spot.y; }
    }
    this.callbacks.onMoved(this.positions());
  }

  layOut(): void {
    this.run += 1;
    this.started = performance.now();
    this.touched = false;
    const free = this.nodes.filter((node) => !node.pinned || Number.isNaN(node.x));
    free.forEach((node, at) => {
      const angle = at * 2.399963; const radius = 16 * Math.sqrt(at + 0.5);
      node.x = radius * Math.cos(angle); node.y = radius * Math.sin(angle);
    });
    this.worker ??= this.hire();
    const request: LayoutRequest = {
      run: this.run, wide: Math.min(2.2, this.view.width / Math.max(1, this.view.height)),
      nodes: this.nodes.map((node) => ({ id: node.id, radius: node.radius, fixed: node.pinned, x: node.x, y: node.y })),
      links: this.edges.map((edge) => ({ source: edge.from.id, target: edge.to.id })),
    };
    this.worker.postMessage(request);
  }

  private hire(): Worker {
    const worker = startWorker(layoutUrl);
    worker.onmessage = (message: MessageEvent<LayoutAnswer>) => {
      const { run, done, positions } = message.data;
      if (run !== this.run || positions.length !== this.nodes.length * 2) return;
      this.nodes.forEach((node, at) => { node.x = positions[at * 2] ?? 0; node.y = positions[at * 2 + 1] ?? 0; });
      this.fold();
      if (!this.touched) this.fit();
      this.draw();
      if (done) { this.callbacks.onLaidOut(Math.round(performance.now() - this.started)); this.callbacks.onMoved(this.positions()); }
    };
    return worker;
  }

  private fold(): void {
    const count = new Map<string, number>();
    this.folds = this.data.folded.flatMap((fold) => {
      const around = this.byId.get(fold.around);
      if (!around || Number.isNaN(around.x)) return [];
      const at = count.get(fold.around) ?? 0;
      count.set(fold.around, at + 1);
      const angle = -Math.PI / 2 + at * 0.82;
      const far = around.radius + 58;
      return [{ key: `${fold.around} ${fold.type} ${fold.verb}`, around, text: fold.text, x: around.x + far * Math.cos(angle), y: around.y + far * Math.sin(angle) }];
    });
  }

  fit(): void {
    const lying = this.nodes.filter((node) => !Number.isNaN(node.x));
    if (lying.length === 0 || this.view.width === 0) return;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const node of lying) { left = Math.min(left, node.x); right = Math.max(right, node.x); top = Math.min(top, node.y); bottom = Math.max(bottom, node.y); }
    const margin = 56;
    this.view.k = Math.min(1.6, Math.max(0.05, Math.min((this.view.width - margin * 2) / Math.max(1, right - left), (this.view.height - margin * 2) / Math.max(1, bottom - top))));
    this.view.x = this.view.width / 2 - ((left + right) / 2) * this.view.k;
    this.view.y = this.view.height / 2 - ((top + bottom) / 2) * this.view.k;
    this.draw();
  }

  zoom(by: number, x = this.view.width / 2, y = this.view.height / 2): void {
    const k = Math.min(6, Math.max(0.05, this.view.k * by));
    this.view.x = x - ((x - this.view.x) * k) / this.view.k;
    this.view.y = y - ((y - this.view.y) * k) / this.view.k;
    this.view.k = k;
    this.touched = true;
    this.draw();
  }

  pin(id: string): void {
    const node = this.byId.get(id);
    if (!node) return;
    node.pinned = !node.pinned;
    this.callbacks.onMoved(this.positions());
    this.draw();
  }

  at(id: string): void {
    const node = this.byId.get(id);
    if (!node) return;
    this.here = node;
    this.bringIn(node);
    this.draw();
  }

  positions(): ReadonlyMap<string, { x: number; y: number; pinned: boolean }> {
    return new Map(this.nodes.map((node) => [node.id, { x: node.x, y: node.y, pinned: node.pinned }]));
  }

  png(): Promise<Blob | null> {
    return new Promise((resolve) => this.canvas.toBlob(resolve, 'image/png'));
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.worker?.terminate();
    for (const forget of this.forget) forget();
    this.canvas.remove();
  }

  private resize(): void {
    const { width, height } = this.el.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    const first = this.view.width === 0;
    this.view.ratio = Math.min(2, devicePixelRatio || 1);
    this.view.width = width; this.view.height = height;
    this.canvas.width = Math.round(width * this.view.ratio); this.canvas.height = Math.round(height * this.view.ratio);
    if (first || !this.touched) this.fit();
    this.paint();
  }

  draw(): void {
    if (!this.frame) this.frame = requestAnimationFrame(() => { this.frame = 0; this.paint(); });
  }

  private paint(): void {
    if (this.view.width === 0) return;
    const lying = this.nodes.length > 0 && !Number.isNaN(this.nodes[0]?.x ?? Number.NaN);
    const scene: Scene = { nodes: lying ? this.nodes : [], edges: lying ? this.edges : [], folds: this.folds, selected: this.data.selected, here: this.hovered ?? this.here, path: this.data.path, moving: false };
    this.painter.paint(scene, this.view);
  }

  private hit(x: number, y: number): DrawnNode | null {
    const zoom = scale(this.view);
    for (const node of this.nodes) {
      const dx = node.x * this.view.k + this.view.x - x; const dy = node.y * this.view.k + this.view.y - y;
      const reach = Math.max(12, node.radius * zoom + 2);
      if (dx * dx + dy * dy <= reach * reach) return node;
    }
    return null;
  }

  private hitFold(x: number, y: number): GraphFold | null {
    const at = this.folds.findIndex((fold) => Math.abs(fold.x * this.view.k + this.view.x - x) < 12 + fold.text.length * 3 && Math.abs(fold.y * this.view.k + this.view.y - y) < 12);
    const found = this.folds[at];
    return found ? (this.data.folded.find((fold) => `${fold.around} ${fold.type} ${fold.verb}` === found.key) ?? null) : null;
  }

  private listen(): void {
    let drag: { node: DrawnNode | null; x: number; y: number; far: boolean } | null = null;
    const on = <Name extends keyof HTMLElementEventMap>(name: Name, run: (event: HTMLElementEventMap[Name]) => void, options?: AddEventListenerOptions): void => this.canvas.addEventListener(name, run, options);
    on('wheel', (event) => { event.preventDefault(); this.zoom(Math.exp(-event.deltaY * 0.0015), event.offsetX, event.offsetY); }, { passive: false });
    on('pointerdown', (event) => { this.canvas.setPointerCapture(event.pointerId); drag = { node: this.hit(event.offsetX, event.offsetY), x: event.offsetX, y: event.offsetY, far: false }; });
    on('pointermove', (event) => {
      if (!drag) { this.hover(this.hit(event.offsetX, event.offsetY)); return; }
      const dx = event.offsetX - drag.x; const dy = event.offsetY - drag.y;
      if (!drag.far && Math.hypot(dx, dy) < 4) return;
      drag.far = true; drag.x = event.offsetX; drag.y = event.offsetY; this.touched = true;
      if (drag.node) { drag.node.x += dx / this.view.k; drag.node.y += dy / this.view.k; drag.node.pinned = true; this.fold(); } else { this.view.x += dx; this.view.y += dy; }
      this.draw();
    });
    on('pointerup', (event) => {
      const was = drag; drag = null;
      if (!was) return;
      if (was.far) { if (was.node) this.callbacks.onMoved(this.positions()); return; }
      const fold = was.node ? null : this.hitFold(event.offsetX, event.offsetY);
      if (fold) { this.callbacks.onFold(fold); return; }
      if (was.node && event.shiftKey) { this.toggle(was.node); return; }
      this.stand(was.node);
    });
    on('pointerleave', () => this.hover(null));
    on('dblclick', (event) => { const node = this.hit(event.offsetX, event.offsetY); if (node) this.callbacks.onOpen(node.id); });
    on('keydown', (event) => this.key(event));
  }

  private hover(node: DrawnNode | null): void {
    if (node === this.hovered) return;
    this.hovered = node;
    this.canvas.classList.toggle('over', node !== null);
    this.draw();
  }

  private toggle(node: DrawnNode): void {
    const selected = new Set(this.data.selected);
    if (!selected.delete(node.id)) selected.add(node.id);
    this.callbacks.onSelect(selected);
  }

  private stand(node: DrawnNode | null): void {
    this.here = node;
    this.callbacks.onHere(node?.id ?? null);
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    const ways: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    if (way && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const next = this.here ? this.towards(this.here, way) : this.nodes[0];
      if (next) { this.stand(next); this.bringIn(next); }
    } else if (event.key === 'Enter' && this.here) this.callbacks.onOpen(this.here.id);
    else if (event.key === ' ' && this.here) this.toggle(this.here);
    else if (event.key === '+' || event.key === '=') this.zoom(1.25);
    else if (event.key === '-') this.zoom(0.8);
    else if (event.key === '0') { this.touched = false; this.fit(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The neighbour that lies most in this direction; among all nodes where no neighbour does. */
  private towards(from: DrawnNode, [wx, wy]: [number, number]): DrawnNode | null {
    const near = this.edges.flatMap((edge) => (edge.from === from ? [edge.to] : edge.to === from ? [edge.from] : []));
    for (const candidates of [near, this.nodes]) {
      let best: DrawnNode | null = null; let least = Infinity;
      for (const node of candidates) {
        const dx = node.x - from.x; const dy = node.y - from.y; const far = Math.hypot(dx, dy);
        if (node === from || far === 0) continue;
        const along = (dx * wx + dy * wy) / far;
        if (along < 0.5) continue;
        const cost = far / along ** 2;
        if (cost < least) { least = cost; best = node; }
      }
      if (best) return best;
    }
    return null;
  }

  private bringIn(node: DrawnNode): void {
    const x = node.x * this.view.k + this.view.x; const y = node.y * this.view.k + this.view.y; const margin = 60;
    if (x < margin) this.view.x += margin - x; else if (x > this.view.width - margin) this.view.x -= x - this.view.width + margin;
    if (y < margin) this.view.y += margin - y; else if (y > this.view.height - margin) this.view.y -= y - this.view.height + margin;
  }
}
