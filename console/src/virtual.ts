// Which rows of a long list are drawn? Rows have one height, so it is arithmetic.
export interface Window { from: number; until: number; before: number; after: number }

export function windowOf(total: number, rowHeight: number, scrolled: number, height: number, beyond = 8): Window {
  if (total <= 0 || rowHeight <= 0) return { from: 0, until: 0, before: 0, after: 0 };
  const first = Math.floor(Math.max(0, scrolled) / rowHeight);
  const from = Math.min(Math.max(0, first - beyond), total);
  const until = Math.min(total, first + Math.ceil(height / rowHeight) + 1 + beyond);
  return { from: Math.min(from, until), until, before: Math.min(from, until) * rowHeight, after: (total - until) * rowHeight };
}

/** Where to scroll so that a row is in view; where one is when it is already. */
export function scrollTo(index: number, rowHeight: number, scrolled: number, height: number): number {
  const top = index * rowHeight;
  if (top < scrolled) return top;
  if (top + rowHeight > scrolled + height) return top + rowHeight - height;
  return scrolled;
}
