// What can be done with an object, from whichever screen?
import { ask, client, problemOf, type Row, type Schema } from './client';
import { t } from './catalogue/catalogue.svelte';
import { defang } from './defang';
import { markingText } from './marking';
import { tell } from './state/notices.svelte';

/** Copies the name or value; the marking goes with it. */
export async function copy(row: Pick<Row, 'name' | 'marking'>, how: 'defanged' | 'real'): Promise<void> {
  const text = how === 'defanged' ? `${defang(row.name)}\t${markingText(row.marking, t('marking.none'))}` : row.name;
  try {
    await navigator.clipboard.writeText(text);
    tell(t(how === 'defanged' ? 'copied.defanged' : 'copied.real'));
  } catch {
    tell(t('copied.not'), null, 'problem');
  }
}

export function download(name: string, content: Blob | string, type = 'application/json'): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.dataset.reload = '';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
}

/** A bundle of objects as they are released to this reader; one after another, so that the node is not stormed. */
export async function bundle(ids: readonly string[]): Promise<{ text: string; missing: number }> {
  const objects: unknown[] = [];
  let missing = 0;
  for (const id of ids) {
    try {
      objects.push((await ask(client.GET('/objects/{id}', { params: { path: { id } } }))).object);
    } catch (error) {
      if (problemOf(error).status !== 404) throw error;
      missing += 1;
    }
  }
  return { text: JSON.stringify({ type: 'bundle', id: `bundle--${crypto.randomUUID()}`, objects }, null, 2), missing };
}

export async function recall(id: string, reason: string, how: Schema<'RecallKind'>): Promise<Schema<'Recalled'>> {
  return ask(client.POST('/objects/{id}/recall', { params: { path: { id } }, body: { reason, how } }));
}

export async function mark(id: string, marking: string[], reason: string): Promise<Schema<'Recalled'>> {
  return ask(client.POST('/objects/{id}/marking', { params: { path: { id } }, body: { marking, reason } }));
}

export async function sight(indicator: string, count: number, marking: string[]): Promise<string> {
  const now = new Date().toISOString();
  return (await ask(client.POST('/sightings', { body: { indicator, count, first: now, last: now, marking } }))).id;
}
