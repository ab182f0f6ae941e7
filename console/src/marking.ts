// Which marking is the stricter, and how is it written? TLP 2.0 as FIRST defines it; the text is always complete.
export type Tlp = 'clear' | 'green' | 'amber' | 'amber+strict' | 'red';
export const TLP: readonly Tlp[] = ['clear', 'green', 'amber', 'amber+strict', 'red'];

export interface MarkingLike { tlp?: string | null; rel?: readonly string[] | null; text?: string | null }

export function tlpOf(marking: MarkingLike | null | undefined): Tlp | null {
  const found = (marking?.tlp ?? '').toLowerCase().replace(/^tlp:/, '').replace(/[_ -]strict$/, '+strict');
  return TLP.find((tlp) => tlp === found) ?? null;
}

/** How strict: 0 for no TLP at all, which is below CLEAR on the banner but never shown as CLEAR. */
export function rankOf(tlp: Tlp | null): number {
  return tlp ? TLP.indexOf(tlp) + 1 : 0;
}

export function tlpText(tlp: Tlp): string {
  return `TLP:${tlp.toUpperCase()}`;
}

/** The marking in one line, as it is printed, copied and read aloud. */
export function markingText(marking: MarkingLike | null | undefined, unmarked: string): string {
  const tlp = tlpOf(marking);
  const parts = [tlp ? tlpText(tlp) : '', marking?.rel?.length ? `REL ${marking.rel.join(', ')}` : ''].filter(Boolean);
  return parts.join(' ') || marking?.text || unmarked;
}
