// Do keys do what the map says, and nothing where somebody types?
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

class Fake { tagName: string; type: string; isContentEditable = false; constructor(tagName: string, type = '') { this.tagName = tagName; this.type = type; } closest(): Fake | null { return this.tagName === 'BUTTON' || this.tagName === 'INPUT' ? this : null; } }
vi.stubGlobal('HTMLElement', Fake);
vi.stubGlobal('Element', Fake);
vi.stubGlobal('document', { querySelector: () => null, documentElement: { dataset: {}, lang: '' } });
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });

const { bind, handle, mayRun, nameOf, shownKeys } = await import('../../src/state/keyboard.svelte');
const { prefer } = await import('../../src/state/preferences.svelte');

function press(key: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent {
  const event = { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, defaultPrevented: false, isComposing: false, target: new Fake('DIV'), preventDefault: vi.fn(), ...more } as unknown as KeyboardEvent;
  handle(event);
  return event;
}

describe('the keyboard map', () => {
  let unbind: (() => void)[] = [];
  beforeEach(() => { unbind = []; });
  afterEach(() => { for (const one of unbind) one(); prefer({ shortcuts: true }); });

  it('names keys as people say them', () => {
    expect(nameOf({ key: 'K', ctrlKey: true, metaKey: false, altKey: false, shiftKey: false })).toBe('Mod+k');
    expect(nameOf({ key: 'C', ctrlKey: false, metaKey: false, altKey: false, shiftKey: true })).toBe('Shift+c');
    expect(nameOf({ key: '?', ctrlKey: false, metaKey: false, altKey: false, shiftKey: true })).toBe('?');
    expect(nameOf({ key: ' ', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false })).toBe('Space');
    expect(shownKeys('g o')).toEqual(['g', 'o']);
  });
  it('runs the shortcut of the last layer first', () => {
    const [first, last] = [vi.fn(), vi.fn()];
    unbind.push(bind('keys.everywhere', [{ keys: 'e', label: 'keys.open', run: first }]), bind('screen.hits', [{ keys: 'e', label: 'hits.done', run: last }]));
    press('e');
    expect(last).toHaveBeenCalledOnce();
    expect(first).not.toHaveBeenCalled();
  });
  it('understands a sequence, and a single key after a wrong one', () => {
    const run = vi.fn();
    unbind.push(bind('keys.everywhere', [{ keys: 'g o', label: 'screen.objects', run }]));
    press('g'); press('o');
    expect(run).toHaveBeenCalledOnce();
    press('g'); press('q'); press('o');
    expect(run).toHaveBeenCalledOnce();
  });
  it('does nothing while somebody types, but with a modifier', () => {
    expect(mayRun('j', new Fake('INPUT', 'text') as unknown as EventTarget)).toBe(false);
    expect(mayRun('j', new Fake('TEXTAREA') as unknown as EventTarget)).toBe(false);
    expect(mayRun('Mod+k', new Fake('INPUT', 'text') as unknown as EventTarget)).toBe(true);
  });
  it('leaves Enter and Space to what can be pressed', () => {
    expect(mayRun('Enter', new Fake('BUTTON') as unknown as EventTarget)).toBe(false);
    expect(mayRun('Space', new Fake('DIV') as unknown as EventTarget)).toBe(true);
  });
  it('can be switched off, but for arrows, Enter and Escape', () => {
    prefer({ shortcuts: false });
    expect(mayRun('j', null)).toBe(false);
    expect(mayRun('ArrowDown', null)).toBe(true);
    expect(mayRun('Mod+k', null)).toBe(true);
  });
  it('forgets a layer that is taken away, and only that', () => {
    const [one, other] = [vi.fn(), vi.fn()];
    const away = bind('screen.hits', [{ keys: 'e', label: 'hits.done', run: one }]);
    unbind.push(bind('screen.hits', [{ keys: 'e', label: 'hits.done', run: other }]));
    away();
    press('e');
    expect(one).not.toHaveBeenCalled();
    expect(other).toHaveBeenCalledOnce();
  });
});
