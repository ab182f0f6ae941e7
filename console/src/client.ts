// How is the node asked? One client whose every path, parameter and answer comes from the node's own OpenAPI.
import createClient from 'openapi-fetch';
import type { components, paths } from './api';
import { seenAs } from './state/router.svelte';

export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];
export type Row = Schema<'Row'>;
export type Marking = Schema<'Marking'>;

/** What the node says when something cannot be done; the id is in its log. */
export class ApiProblem extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly id: string | null, readonly findings: ReadonlyArray<Schema<'ObjectFinding'>> = []) {
    super(message);
  }
}

const listeners = new Set<() => void>();
/** Calls back when the node no longer knows who is asking. */
export function onSignedOut(run: () => void): void { listeners.add(run); }

export const client = createClient<paths>({ baseUrl: '/api/v1', credentials: 'same-origin' });
client.use({
  onRequest({ request }) {
    // The node takes nothing that a form could send, also where there is no body.
    if (request.method !== 'GET' && !request.headers.has('content-type')) request.headers.set('content-type', 'application/json');
    const as = seenAs();
    if (request.method !== 'GET' || !as) return undefined;
    const address = new URL(request.url);
    if (!address.searchParams.has('as')) address.searchParams.set('as', as);
    return new Request(address, request);
  },
});

interface Answered<Data> { data?: Data; error?: unknown; response: Response }

/** What was asked for, or a problem thrown. */
export async function ask<Data>(asked: Promise<Answered<Data>>): Promise<Data> {
  let answer: Answered<Data>;
  try {
    answer = await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(0, 'unreachable', 'the node cannot be reached', null);
  }
  if (answer.response.ok) return answer.data as Data;
  const body = (answer.error && typeof answer.error === 'object' ? answer.error : {}) as Partial<Schema<'ProblemBody'>>;
  const problem = new ApiProblem(answer.response.status, body.code ?? `http-${answer.response.status}`, body.message ?? answer.response.statusText, body.id ?? null, body.findings ?? []);
  if (problem.status === 401 && !answer.response.url.endsWith('/session')) for (const listener of listeners) listener();
  throw problem;
}

export function problemOf(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem(0, 'console', error instanceof Error ? error.message : String(error), null);
}
