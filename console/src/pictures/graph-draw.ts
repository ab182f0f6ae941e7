// How is one frame of the graph drawn, fast enough without a GPU? Shapes and labels are drawn once and copied from then on.
import { FAMILIES, OUTLINE, type Family } from '../families';
import icons from '../../made/icons.json';
import { colours } from './picture';

export interface DrawnNode { id: string; type: string; shown: string; family: Family; x: number; y: number; radius: number; degree: number; pinned: boolean; marking: string; tlpColour: string }
export interface DrawnEdge { from: DrawnNode; to: DrawnNode; verb: string }
export interface DrawnFold { key: string; around: DrawnNode; text: string; x: number; y: number }
export interface View { k: number; x: number; y: number; width: number; height: number; ratio: number }
export interface Scene { nodes: readonly DrawnNode[]; edges: readonly DrawnEdge[]; folds: readonly DrawnFold[]; selected: ReadonlySet<string>; here: DrawnNode | null; path: ReadonlySet<string>; moving: boolean }

const TOKENS = ['bg', 'surface', 'line', 'line-strong', 'text', 'dim', 'accent', 'raised', ...FAMILIES] as const;
const FONT = "560 11px 'Inter Variable', 'Noto Sans JP', system-ui, sans-serif";

export class Painter {
  private ink!: Record<(typeof TOKENS)[number], string>;
  private readonly sprites = new Map<string, HTMLCanvasElement>();
  private readonly labels = new Map<string, HTMLCanvasElement>();

  constructor(private readonly canvas: HTMLCanvasElement, private readonly context: CanvasRenderingContext2D) { this.theme(); }

  /** Reads the colours anew; what was drawn in the old ones is forgotten. */
  theme(): void {
    this.ink = colours(this.canvas.parentElement ?? document.body, TOKENS);
    this.sprites.clear();
    this.labels.clear();
  }

  paint(scene: Scene, view: View): void {
    const { context } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.ink.bg;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    const focus = scene.here ?? null;
    const near = focus ? neighbours(scene.edges, focus) : null;
    this.edges(scene, view, focus);
    this.nodes(scene, view, near, focus);
    this.folds(scene, view);
    this.names(scene, view, near, focus);
  }

  private edges(scene: Scene, view: View, focus: DrawnNode | null): void {
    const { context } = this;
    const strong: DrawnEdge[] = [];
    context.strokeStyle = this.ink['line-strong'];
    context.globalAlpha = focus ? 0.22 : scene.edges.length > 600 ? 0.26 : 0.6;
    context.lineWidth = 1;
    context.beginPath();
    for (const edge of scene.edges) {
      if (edge.from === focus || edge.to === focus || (scene.path.has(edge.from.id) && scene.path.has(edge.to.id))) { strong.push(edge); continue; }
      const x1 = edge.from.x * view.k + view.x; const y1 = edge.from.y * view.k + view.y;
      const x2 = edge.to.x * view.k + view.x; const y2 = edge.to.y * view.k + view.y;
      if ((x1 < 0 && x2 < 0) || (y1 < 0 && y2 < 0) || (x1 > view.width && x2 > view.width) || (y1 > view.height && y2 > view.height)) continue;
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
    }
    context.stroke();
    context.globalAlpha = 1;
    context.strokeStyle = this.ink.accent;
    context.fillStyle = this.ink.accent;
    context.lineWidth = 1.5;
    for (const edge of strong) this.arrow(edge, view);
    if (strong.length <= 24) for (const edge of strong) this.verb(edge, view);
  }

  private arrow(edge: DrawnEdge, view: View): void {
    const { context } = this;
    const x1 = edge.from.x * view.k + view.x; const y1 = edge.from.y * view.k + view.y;
    const x2 = edge.to.x * view.k + view.x; const y2 = edge.to.y * view.k + view.y;
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const back = edge.to.radius * scale(view) + 3;
    const tx = x2 - Math.cos(angle) * back; const ty = y2 - Math.sin(angle) * back;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(tx, ty);
    context.stroke();
    context.beginPath();
    context.moveTo(tx, ty);
    context.lineTo(tx - Math.cos(angle - 0.42) * 8, ty - Math.sin(angle - 0.42) * 8);
    context.lineTo(tx - Math.cos(angle + 0.42) * 8, ty - Math.sin(angle + 0.42) * 8);
    context.fill();
  }

  private verb(edge: DrawnEdge, view: View): void {
    const length = Math.hypot(edge.to.x - edge.from.x, edge.to.y - edge.from.y) * view.k;
    const label = this.label(edge.verb, 'verb', view);
    const width = label.width / view.ratio; const height = label.height / view.ratio;
    if (length < width + 40) return;
    const x = ((edge.from.x + edge.to.x) / 2) * view.k + view.x; const y = ((edge.from.y + edge.to.y) / 2) * view.k + view.y;
    this.context.drawImage(label, x - width / 2, y - height / 2, width, height);
  }

  private nodes(scene: Scene, view: View, near: ReadonlySet<string> | null, focus: DrawnNode | null): void {
    const { context } = this;
    const zoom = scale(view);
    for (const node of scene.nodes) {
      const x = node.x * view.k + view.x; const y = node.y * view.k + view.y;
      if (x < -40 || y < -40 || x > view.width + 40 || y > view.height + 40) continue;
      const size = Math.max(2, Math.round(node.radius * zoom * 2) / 2);
      context.globalAlpha = near && !near.has(node.id) && !scene.selected.has(node.id) ? 0.38 : 1;
      const sprite = this.sprite(node, size, view.ratio);
      const half = sprite.width / view.ratio / 2;
      context.drawImage(sprite, x - half, y - half, half * 2, half * 2);
      if (node === focus || scene.selected.has(node.id) || node.pinned) this.ring(node, x, y, size, node === focus, scene.selected.has(node.id));
    }
    context.globalAlpha = 1;
  }

  private ring(node: DrawnNode, x: number, y: number, size: number, isFocus: boolean, isSelected: boolean): void {
    const { context } = this;
    context.globalAlpha = 1;
    if (isFocus || isSelected) {
      context.strokeStyle = this.ink.accent;
      context.lineWidth = isFocus ? 2.5 : 1.5;
      context.setLineDash(isSelected && !isFocus ? [4, 3] : []);
      context.beginPath();
      context.arc(x, y, size + 5, 0, Math.PI * 2);
      context.stroke();
      context.setLineDash([]);
    }
    if (node.pinned) {
      context.fillStyle = this.ink.text;
      context.beginPath();
      context.arc(x + size * 0.8, y - size * 0.8, 3, 0, Math.PI * 2);
      context.fill();
    }
  }

  private folds(scene: Scene, view: View): void {
    const { context } = this;
    context.strokeStyle = this.ink['line-strong'];
    context.lineWidth = 1;
    for (const fold of scene.folds) {
      const x = fold.x * view.k + view.x; const y = fold.y * view.k + view.y;
      if (view.k < 0.45 && fold.around !== scene.here) continue;
      const label = this.label(fold.text, 'fold', view);
      const width = label.width / view.ratio; const height = label.height / view.ratio;
      context.setLineDash([2, 3]);
      context.beginPath();
      context.moveTo(fold.around.x * view.k + view.x, fold.around.y * view.k + view.y);
      context.lineTo(x, y);
      context.stroke();
      context.setLineDash([]);
      context.drawImage(label, x - width / 2, y - height / 2, width, height);
    }
  }

  private names(scene: Scene, view: View, near: ReadonlySet<string> | null, focus: DrawnNode | null): void {
    const boxes: Array<[number, number, number, number]> = [];
    let drawn = 0;
    // From afar only the hubs are named; coming nearer names the rest.
    const most = near ? 60 : Math.round(16 + 60 * view.k);
    const zoom = scale(view);
    for (const node of byImportance(scene.nodes, focus, near, scene.selected)) {
      if (drawn >= most) break;
      const x = node.x * view.k + view.x; const y = node.y * view.k + view.y;
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      if (near && !near.has(node.id) && !scene.selected.has(node.id)) continue;
      const label = this.label(node.shown, node === focus ? 'here' : 'name', view);
      const width = label.width / view.ratio; const height = label.height / view.ratio;
      // A name that would leave the picture stays in it.
      const left = Math.min(Math.max(0, x - width / 2), Math.max(0, view.width - width)); const top = y + node.radius * zoom + 2;
      const box: [number, number, number, number] = [left, top, left + width, top + height];
      if (node !== focus && boxes.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      boxes.push(box);
      drawn += 1;
      this.context.drawImage(label, left, top, width, height);
    }
  }

  private sprite(node: DrawnNode, size: number, ratio: number): HTMLCanvasElement {
    const withIcon = size >= 8;
    const key = `${node.family} ${size} ${withIcon ? node.type : ''} ${ratio}`;
    const known = this.sprites.get(key);
    if (known) return known;
    const side = Math.ceil((size * 2.3 + 4) * ratio);
    const canvas = document.createElement('canvas');
    canvas.width = side; canvas.height = side;
    const context = canvas.getContext('2d');
    if (context) {
      context.setTransform(size * ratio, 0, 0, size * ratio, side / 2, side / 2);
      const outline = new Path2D(OUTLINE[node.family]);
      context.fillStyle = this.ink[node.family];
      context.fill(outline);
      context.lineWidth = 1.6 / size;
      context.strokeStyle = this.ink.bg;
      context.stroke(outline);
      if (withIcon) {
        const glyph = new Path2D((icons as Record<string, string>)[node.type] ?? icons.object);
        const grow = (size * 1.02 * ratio) / 24;
        context.setTransform(grow, 0, 0, grow, side / 2 - 12 * grow, side / 2 - 12 * grow);
        context.strokeStyle = this.ink.bg;
        context.lineWidth = 2.2;
        context.lineCap = 'round';
        context.lineJoin = 'round';
        context.stroke(glyph);
      }
    }
    this.sprites.set(key, canvas);
    return canvas;
  }

  private label(text: string, kind: 'name' | 'here' | 'verb' | 'fold', view: View): HTMLCanvasElement {
    const key = `${kind} ${view.ratio} ${text}`;
    const known = this.labels.get(key);
    if (known) return known;
    const shown = text.length > 30 ? `${text.slice(0, 29)}…` : text;
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d');
    if (!context) return canvas;
    context.font = FONT;
    const width = Math.ceil(context.measureText(shown).width) + 12;
    const height = kind === 'fold' ? 20 : 16;
    canvas.width = width * view.ratio; canvas.height = height * view.ratio;
    context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    context.font = FONT;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    if (kind === 'fold' || kind === 'verb') {
      context.fillStyle = this.ink.surface;
      context.strokeStyle = kind === 'fold' ? this.ink['line-strong'] : this.ink.surface;
      context.beginPath();
      context.roundRect(0.5, 0.5, width - 1, height - 1, height / 2);
      context.fill();
      context.stroke();
    } else {
      context.strokeStyle = this.ink.bg;
      context.lineWidth = 3;
      context.lineJoin = 'round';
      context.strokeText(shown, width / 2, height / 2 + 0.5);
    }
    context.fillStyle = kind === 'here' || kind === 'verb' ? this.ink.accent : kind === 'fold' ? this.ink.dim : this.ink.text;
    context.fillText(shown, width / 2, height / 2 + 0.5);
    this.labels.set(key, canvas);
    return canvas;
  }
}

/** Nodes grow with the zoom, but slower than distances, so that crowds part when one comes nearer. */
export function scale(view: Pick<View, 'k'>): number {
  return Math.min(1.7, Math.max(0.42, Math.sqrt(view.k)));
}

function neighbours(edges: readonly DrawnEdge[], node: DrawnNode): Set<string> {
  const near = new Set([node.id]);
  for (const edge of edges) {
    if (edge.from === node) near.add(edge.to.id);
    else if (edge.to === node) near.add(edge.from.id);
  }
  return near;
}

/** The node one is at first, then what is selected and near, then by degree (the nodes come in that order). */
function byImportance(nodes: readonly DrawnNode[], focus: DrawnNode | null, near: ReadonlySet<string> | null, selected: ReadonlySet<string>): readonly DrawnNode[] {
  if (!focus && selected.size === 0) return nodes;
  const weight = (node: DrawnNode): number => (node === focus ? 0 : selected.has(node.id) ? 1 : near?.has(node.id) ? 2 : 3);
  return nodes.toSorted((a, b) => weight(a) - weight(b));
}
