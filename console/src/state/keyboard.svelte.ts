// Which keys do what now? One map; a screen adds its own while it is there; `?` lists them; single keys can be switched off.
import { untrack } from 'svelte';
import type { Key } from '../catalogue/en';
import { preferences } from './preferences.svelte';

export interface Shortcut {
  /** `j`, `Shift+c`, `Mod+k`, or a sequence such as `g o`. */
  keys: string;
  label: Key;
  run: (event: KeyboardEvent) => void;
  /** Held back where it cannot be done now. */
  when?: () => boolean;
}
interface Layer { title: Key; shortcuts: Shortcut[] }

let list = $state.raw<Layer[]>([]);
const layers = { get list(): Layer[] { return list; }, set list(next: Layer[]) { list = next; } };
let pending = '';
let pendingTimer: ReturnType<typeof setTimeout> | undefined;

/** Adds shortcuts; call what is returned to take them away. The last layer is asked first. */
export function bind(title: Key, shortcuts: Shortcut[]): () => void {
  // Within an effect: who adds keys does not follow what others add.
  const layer: Layer = { title, shortcuts };
  untrack(() => { layers.list = [...layers.list, layer]; });
  return () => untrack(() => { layers.list = layers.list.filter((other) => other !== layer); });
}

export const keyboard = { get layers(): Layer[] { return layers.list; } };

/** What a key press is called: modifiers first, letters as typed without Shift. */
export function nameOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const letter = key.length === 1 && /[a-z]/.test(key);
  return `${event.ctrlKey || event.metaKey ? 'Mod+' : ''}${event.altKey ? 'Alt+' : ''}${event.shiftKey && (letter || key.length > 1) ? 'Shift+' : ''}${key}`;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:TEXTAREA|SELECT)$/.test(target.tagName) || (target.tagName === 'INPUT' && !/^(?:checkbox|radio|range|button)$/.test((target as HTMLInputElement).type)));
const isPressable = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('button, a[href], summary, input, [role="button"], [role="tab"], [role="option"], [role="menuitem"]') !== null;

/** Whether a single key may be a shortcut here; with a modifier it always may. */
export function mayRun(name: string, target: EventTarget | null): boolean {
  if (name.includes('Mod+')) return true;
  if (!preferences.shortcuts && name !== 'Escape' && !name.startsWith('Arrow') && name !== 'Enter') return false;
  if (isTyping(target)) return false;
  if ((name === 'Enter' || name === 'Space') && isPressable(target)) return false;
  return true;
}

export function handle(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
  const name = nameOf(event);
  if (!mayRun(name, event.target)) return;
  const sequence = pending ? `${pending} ${name}` : name;
  const all = layers.list.toReversed().flatMap((layer) => layer.shortcuts);
  const found = all.find((shortcut) => shortcut.keys === sequence && (shortcut.when?.() ?? true)) ?? (pending ? undefined : all.find((shortcut) => shortcut.keys === name && (shortcut.when?.() ?? true)));
  clearTimeout(pendingTimer);
  if (found) {
    pending = '';
    event.preventDefault();
    found.run(event);
    return;
  }
  pending = !pending && all.some((shortcut) => shortcut.keys.startsWith(`${name} `)) ? name : '';
  if (pending) pendingTimer = setTimeout(() => { pending = ''; }, 1200);
}

/** How keys are written for people: `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
export function shownKeys(keys: string): string[] {
  const mac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');
  return keys.split(' ').map((part) => part.replace('Mod+', mac ? '⌘' : 'Ctrl ').replace('Shift+', '⇧').replace('Alt+', mac ? '⌥' : 'Alt ').replace('Space', '␣').replace('Escape', 'Esc').replace('ArrowUp', '↑').replace('ArrowDown', '↓').replace('ArrowLeft', '←').replace('ArrowRight', '→').replace('Enter', '↵'));
}
