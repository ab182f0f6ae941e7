// How are moments written? UTC with a Z unless chosen otherwise; relative in lists, absolute on hover.
export type Clock = 'utc' | 'local';

export function absolute(moment: string | number | Date, clock: Clock): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return String(moment);
  if (clock === 'utc') return `${date.toISOString().slice(0, 16).replace('T', ' ')}Z`;
  const two = (n: number): string => String(n).padStart(2, '0');
  const shift = -date.getTimezoneOffset();
  const zone = `${shift < 0 ? '-' : '+'}${two(Math.floor(Math.abs(shift) / 60))}:${two(Math.abs(shift) % 60)}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}${zone}`;
}

export function day(moment: string | number | Date): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? String(moment) : date.toISOString().slice(0, 10);
}

const STEPS: ReadonlyArray<[Intl.RelativeTimeFormatUnit, number]> = [['year', 31_557_600], ['month', 2_629_800], ['day', 86_400], ['hour', 3600], ['minute', 60]];

const formats = new Map<string, Intl.RelativeTimeFormat>();

export function relative(moment: string | number | Date, now: number, language: string): string {
  const seconds = (new Date(moment).getTime() - now) / 1000;
  if (Number.isNaN(seconds)) return '';
  let format = formats.get(language);
  if (!format) { format = new Intl.RelativeTimeFormat(language, { style: 'narrow', numeric: 'auto' }); formats.set(language, format); }
  for (const [unit, length] of STEPS) if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  return format.format(0, 'minute');
}
