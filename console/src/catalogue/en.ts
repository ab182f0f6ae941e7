// What are the words? English is whole; the other languages are held against it.
export const en = {
  'screen.home': 'Home',
} as const;
export type Key = keyof typeof en;
