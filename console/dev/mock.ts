// How does the made-up node answer? A middleware of Vite with the shapes of the real API; the real node's headers, so that a breach of the policy shows early.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import type { components } from '../src/api';
import { graph, marking, matrix, NOW, PARTNERS, pickAt, ROWS } from './world.ts';

type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];
type Ask = { path: string; method: string; query: URLSearchParams; body: Record<string, unknown> };
const DAY = 86_400_000;
const iso = (ago: number): string => new Date(NOW - ago).toISOString();
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html cti-worker";

let signedIn = true;
const states = new Map<string, Schema<'HitState'>>();

function facet(rows: readonly Schema<'Row'>[], of: (row: Schema<'Row'>) => string[]): Schema<'Facet'>[] {
  const counts = new Map<string, number>();
  for (const row of rows) for (const value of of(row)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).toSorted((a, b) => b.count - a.count).slice(0, 20);
}
function search(query: URLSearchParams): Schema<'Objects'> {
  const words = (query.get('q') ?? '').split(/\s+/).filter(Boolean);
  const found = ROWS.filter((row) => words.every((word) => {
    const [, field, values] = /^([a-z]+):(.*)$/.exec(word) ?? [];
    const any = (values ?? '').split(',');
    if (field === 'type') return any.includes(row.type);
    if (field === 'tlp') return any.includes(row.marking.tlp);
    if (field === 'rel') return row.marking.rel.some((one) => any.includes(one));
    if (field === 'src') return any.includes(row.source?.name ?? '');
    if (field === 'label') return row.labels.some((one) => any.includes(one));
    if (/^(added|seen|conf)/.test(word)) return true;
    return row.name.toLowerCase().includes(word.toLowerCase());
  }));
  const from = Number(query.get('after') ?? 0);
  const limit = Number(query.get('limit') ?? 50);
  const bars = Array.from({ length: 60 }, (_, at) => ({ from: iso((60 - at) * 3 * DAY), until: iso((59 - at) * 3 * DAY), count: 0 }));
  for (const row of found) { const bar = bars[59 - Math.floor((NOW - Date.parse(row.added)) / (3 * DAY))]; if (bar) bar.count += 1; }
  return { objects: found.slice(from, from + limit), total: found.length, facets: { type: facet(found, (row) => [row.type]), tlp: facet(found, (row) => [row.marking.tlp]), source: facet(found, (row) => [row.source?.name ?? '']), label: facet(found, (row) => [...new Set(row.labels)]), rel: facet(found, (row) => row.marking.rel) }, histogram: bars, next: from + limit < found.length ? String(from + limit) : null };
}
function view(id: string): Schema<'ObjectView'> | null {
  const row = ROWS.find((one) => one.id === id);
  if (!row) return null;
  const near = ROWS.slice(0, 40).filter((one) => one.id !== id);
  return { row, object: { type: row.type, spec_version: '2.1', id, created: row.created, modified: row.modified, name: row.name, description: row.description, ...(row.type === 'indicator' ? { pattern: "[domain-name:value = 'heron-1234.example']", pattern_type: 'stix', valid_from: row.first } : {}), labels: row.labels, created_by_ref: row.source?.id, external_references: [{ source_name: 'report', url: 'https://report.example/7' }] }, withheld: [], provenance: [{ collection: 'threats', source: row.source ?? { id: '', name: '' }, added: row.added, way: 'partner', marking: row.marking, version: row.modified ?? '' }], versions: [{ version: row.modified ?? '', added: row.added }, { version: iso(90 * DAY), added: iso(90 * DAY) }], relationships: [{ verb: 'uses', direction: 'out', total: 24, rows: near.slice(0, 6) }, { verb: 'indicates', direction: 'in', total: 3, rows: near.slice(8, 11) }], sightings: [{ id: 'sighting--1', source: { id: '', name: 'nor-cert' }, count: 14, first: iso(DAY * 3), last: iso(DAY), marking: marking('green') }, { id: 'sighting--2', source: { id: '', name: 'jpn-cert' }, count: 3, first: iso(DAY * 2), last: iso(3_600_000), marking: marking('amber', ['JPN']) }], notes: [{ id: 'note--1', source: { id: '', name: 'usa-cell' }, text: 'Overlaps with the infrastructure of last spring.', opinion: null, created: iso(DAY), marking: marking('green') }], opinions: [], markings: { '/description': marking('amber', ['NATO']) } };
}
const cells = (at: number): Schema<'ReleaseCell'>[] => PARTNERS.map((partner, n) => ({ partner, decision: n === 2 ? 'withheld' : (at + n) % 3 === 1 ? 'redacted' : 'sees', line: n === 2 ? 7 : null, reason: n === 2 ? 'TLP:AMBER is above the ceiling TLP:GREEN of the agreement' : null, withheld_properties: (at + n) % 3 === 1 && n !== 2 ? [{ property: '/description', reason: 'releasable to NATO only' }] : [] }));
const audience = (rows: readonly Schema<'Row'>[]): Schema<'ReleaseMatrix'> => ({ partners: PARTNERS, rows: rows.map((object, at) => ({ object, cells: cells(at) })) });
const releases = (): Schema<'ReleaseSummary'>[] => ROWS.slice(0, 9).map((row, at) => ({ id: `release-${at}`, kind: at === 3 ? 'recall' : at === 5 ? 'marking' : 'publish', state: at < 3 ? 'pending' : at === 6 ? 'rejected' : 'released', collection: 'threats', objects: 1 + (at * 5) % 12, title: row.name.startsWith('[') ? 'Night Heron indicators' : row.name, by: at % 2 ? 'ingrid' : 'kenji', proposed: iso(at * 7_000_000), reason: 'agreed at the morning call', decided: at < 3 ? null : { by: 'ola', at: iso(at * 6_000_000), decision: at === 6 ? 'reject' : 'approve', reason: null }, may_decide: at !== 1 }));
const indicators = ROWS.filter((row) => row.type === 'indicator');
const hits = (state: string): Schema<'Hit'>[] => indicators.slice(0, 14).map((indicator, at) => ({ id: `hit-${at}`, indicator, value: at % 2 ? '203.0.113.77' : 'heron-1234.example', count: 1 + at * 3, first: iso(DAY + at * 9_000_000), last: iso(at * 9_000_000), sensor: at % 3 ? 'proxy-3' : 'harbour-1', state: states.get(`hit-${at}`) ?? 'open', until: null, confidence: 60 + at, why: "[domain-name:value = 'heron-1234.example']", sightings: [`sighting--${indicator.id.slice(11)}`] })).filter((hit) => hit.state === state);
function reading(text: string): Schema<'Reading'> {
  const lines = text.split('\n');
  const proposals = lines.flatMap((line, at) => [...line.matchAll(/\b[\w-]+(?:\[?\.\]?[\w-]+)+\b/g)].map((match, n) => { const value = match[0].replaceAll('[.]', '.'); return { object: { type: 'indicator', spec_version: '2.1', id: `indicator--00000000-0000-4000-8000-${String(at * 10 + n).padStart(12, '0')}`, name: value, pattern: `[domain-name:value = '${value}']`, pattern_type: 'stix' }, quotes: [{ text: match[0], line: at + 1, from: match.index, until: match.index + match[0].length }], findings: [], ...(n === 1 ? { held: indicators[0]?.id ?? null } : {}), ...(value === 'example.com' ? { warninglist: 'well-known names' } : {}) }; }));
  return { format: 'text', proposals, findings: [], more: false };
}

const routes: Array<[string, RegExp, (ask: Ask, match: RegExpExecArray) => unknown]> = [
  ['GET', /^\/session$/, () => (signedIn ? ({ user: 'ingrid', name: 'Ingrid Solberg', roles: ['reader', 'analyst', 'releaser', 'administrator'], clearances: { NATO: 'SECRET' }, organisation: { id: 'identity--1', name: 'Fjord CERT', nation: 'NOR' }, languages: ['en'], method: 'password', totp: false, until: iso(-DAY) } satisfies Schema<'Me'>) : 401)],
  ['POST', /^\/session$/, (ask) => { if (ask.body.password !== 'demo') return 401; signedIn = true; return routes[0]?.[2](ask, [] as unknown as RegExpExecArray); }],
  ['DELETE', /^\/session$/, () => { signedIn = false; return null; }],
  ['GET', /^\/session\/doors$/, () => ({ organisation: 'Fjord CERT', password: true, oidc: 'Coalition SSO', certificate: false }) satisfies Schema<'Doors'>],
  ['GET', /^\/home$/, () => ({ since: iso(DAY), added: facet(ROWS.slice(0, 400), (row) => [row.type]).map((one) => ({ type: one.value, count: one.count })), partners: PARTNERS.map((name, at) => ({ name, count: 100 - at * 21, latest: iso(at * 3_000_000) })), hits_open: hits('open').length, sightings: Array.from({ length: 14 }, (_, at) => ({ day: iso((13 - at) * DAY).slice(0, 10), count: Math.floor(8 + 7 * Math.sin(at)) })), releases_pending: 3, feeds: PARTNERS.map((name, at) => ({ name, state: at === 1 ? 'quiet' : at === 3 ? 'failing' : 'live', latest: iso(at * 90_000_000), error: at === 3 ? 'certificate expired' : null })), total: ROWS.length }) satisfies Schema<'Home'>],
  ['GET', /^\/objects$/, (ask) => search(ask.query)],
  ['GET', /^\/complete$/, (ask) => { const word = (ask.query.get('q') ?? '').split(' ').at(-1) ?? ''; const field = word.split(':')[0] ?? ''; return facet(ROWS, (row) => (field === 'type' ? [row.type] : field === 'label' ? row.labels : field === 'src' ? [row.source?.name ?? ''] : field === 'tlp' ? [row.marking.tlp] : [])).map((one) => ({ text: `${field}:${one.value}`, kind: 'value', count: one.count })).filter((one) => one.text.startsWith(word)); }],
  ['GET', /^\/objects\/([^/]+)\/audience$/, (_, match) => audience(ROWS.filter((row) => row.id === match[1]))],
  ['GET', /^\/objects\/([^/]+)\/versions\/(.+)$/, (_, match) => { const found = view(match[1] ?? ''); return found ? { ...found.object, ...(match[2]?.startsWith(iso(90 * DAY).slice(0, 10)) ? { description: 'An earlier description.', labels: ['loader'] } : {}) } : 404; }],
  ['POST', /^\/objects\/([^/]+)\/(?:recall|marking)$/, () => ({ release: 'release-3', state: 'recalled', holders: ['nor-cert', 'jpn-cert'] }) satisfies Schema<'Recalled'>],
  ['GET', /^\/objects\/([^/]+)$/, (_, match) => view(match[1] ?? '') ?? 404],
  ['POST', /^\/graph$/, (ask) => { const hidden = (ask.body.hide_types as string[] | undefined) ?? []; const made = graph((ask.body.around as string[]) ?? [], Math.min(500, Number(ask.body.limit ?? 500))); const gone = new Set(made.nodes.filter((node) => hidden.includes(node.type)).map((node) => node.id)); return { nodes: made.nodes.filter((node) => !gone.has(node.id)), edges: made.edges.filter((edge) => !gone.has(edge.source) && !gone.has(edge.target)), folded: made.folded }; }],
  ['GET', /^\/graph\/path$/, () => ({ nodes: [], edges: [], folded: [] })],
  ['GET', /^\/graphs$/, () => ({ graphs: [{ name: 'Night Heron', nodes: 42, saved: iso(DAY) }] })],
  ['GET', /^\/matrix$/, (ask) => matrix(ask.query.has('against'))],
  ['GET', /^\/timeline$/, () => { const pick = pickAt(3); return { series: [...PARTNERS, 'Fjord CERT'].map((source, n) => ({ source, points: Array.from({ length: 40 }, (_, at) => ({ from: iso((40 - at) * 7 * DAY).slice(0, 10) + 'T00:00:00Z', count: Math.floor(pick() * (30 - n * 4)) })) })), campaigns: ROWS.filter((row) => row.type === 'campaign').slice(0, 14).map((row, at) => ({ id: row.id, name: row.name, first: iso((200 - at * 12) * DAY), last: iso((150 - at * 10 - (at % 4) * 20) * DAY) })), countries: [['UA', 'Ukraine', 212], ['NO', 'Norway', 87], ['JP', 'Japan', 64], ['EE', 'Estonia', 41], ['US', 'United States', 120], ['DE', 'Germany', 33], ['PL', 'Poland', 71], ['XK', 'Kosovo', 9], ['TW', 'Taiwan', 26], ['AU', 'Australia', 14]].map(([code, name, count]) => ({ code, name, count })) }; }],
  ['GET', /^\/hits$/, (ask) => ({ hits: hits(ask.query.get('state') ?? 'open'), next: null })],
  ['POST', /^\/hits\/(.+)$/, (ask, match) => { states.set(match[1] ?? '', ask.body.state as Schema<'HitState'>); return null; }],
  ['GET', /^\/sightings$/, () => ({ partners: ['', ...PARTNERS], rows: indicators.slice(0, 40).map((indicator, at) => ({ indicator, cells: ['', ...PARTNERS].map((partner, n) => ({ partner, state: (at + n * 3) % 4 === 0 ? 'seen' : (at + n) % 5 === 1 ? 'looked' : 'none', count: (at + n * 3) % 4 === 0 ? 1 + at : 0, first: iso(DAY * 4), last: iso(DAY + at * 5_000_000) })) })), next: null })],
  ['POST', /^\/sightings$/, () => ({ id: 'sighting--1' })],
  ['POST', /^\/intake\/read$/, (ask) => reading(String(ask.body.text ?? ''))],
  ['POST', /^\/intake\/preview$/, (ask) => ({ recipients: PARTNERS.map((partner, at) => ({ partner, sees: at === 2 ? 0 : 3, redacted: at === 1 ? 1 : 0, withheld: at === 2 ? 4 : 0 })), matrix: audience(indicators.slice(0, (ask.body.objects as unknown[]).length)), refused: [], warnings: [], second_person: true })],
  ['POST', /^\/intake$/, () => ({ accepted: [], refused: [], release: 'release-0' })],
  ['GET', /^\/releases$/, (ask) => ({ releases: releases().filter((one) => !ask.query.get('state') || one.state === ask.query.get('state')), next: null })],
  ['GET', /^\/releases\/([^/]+)$/, (_, match) => { const summary = releases().find((one) => one.id === match[1]); return summary ? { summary, matrix: audience(ROWS.slice(0, summary.objects)) } : 404; }],
  ['GET', /^\/releases\/([^/]+)\/outgoing$/, () => ({ type: 'bundle', id: 'bundle--1', objects: [view(ROWS[0]?.id ?? '')?.object] })],
  ['POST', /^\/releases\/([^/]+)\/approval$/, () => ({ ...releases()[0], state: 'released' })],
  ['GET', /^\/partners$/, () => ({ partners: PARTNERS.map((name, at) => ({ name, organisation: `identity--${at}`, nation: ['NOR', 'JPN', null, 'USA'][at] ?? null, collections: ['threats'], last_seen: iso(at * 9_000_000), last_error: at === 3 ? 'certificate expired' : null, can_sign_in: at !== 2 })) })],
  ['GET', /^\/partners\/(.+)$/, (_, match) => ({ summary: { name: match[1], organisation: 'identity--1', nation: 'NOR', collections: ['threats'], last_seen: iso(9_000_000), last_error: null, can_sign_in: true }, clearances: { NATO: 'SECRET' }, communities: ['NATO'], agreements: [{ collection: 'threats', title: 'Threats', may: ['read', 'submit'], ceiling: 'amber', from: null, until: null, in_force: true }], traffic: Array.from({ length: 30 }, (_, at) => ({ day: iso((29 - at) * DAY).slice(0, 10), out: 40 + ((at * 17) % 30), in: (at * 7) % 20, refused: at % 11 === 0 ? 3 : 0 })), certificates: ['ab12…'] })],
  ['GET', /^\/audit$/, () => ({ entries: Array.from({ length: 100 }, (_, at) => ({ number: 4000 - at, time: iso(at * 700_000), kind: ['release', 'submission', 'checkpoint', 'credentials'][at % 4] ?? 'release', partner: at % 4 === 2 ? null : (PARTNERS[at % 4] ?? null), collection: at % 4 < 2 ? 'threats' : null, channel: at % 4 === 0 ? 'taxii' : null, objects: (at * 13) % 90, redacted: at % 7, text: 'objects were released', hash: 'a3f1c2d4e5f60718293a4b5c6d7e8f90' })), next: '1', total: 4000 })],
  ['GET', /^\/audit\/who\/(.+)$/, () => ({ receipts: [{ partner: 'nor-cert', version: iso(DAY), time: iso(7_000_000), channel: 'taxii', collection: 'threats', added: iso(DAY), without: [], entry: 3999 }, { partner: 'jpn-cert', version: iso(DAY), time: iso(5_000_000), channel: 'taxii', collection: 'threats', added: iso(DAY), without: [{ property: '/description', line: 5 }], entry: 3998 }] })],
  ['POST', /^\/audit\/verification$/, () => ({ entries: 4000, hash: 'a3f1c2d4e5f60718293a4b5c6d7e8f90', checkpoints: 3, keys: ['k'], problems: [] })],
  ['GET', /^\/users$/, () => ({ users: ['ingrid', 'kenji', 'ola'].map((user, at) => ({ user, name: ['Ingrid Solberg', 'Kenji Sato', 'Ola Nordmann'][at] ?? '', role: (['administrator', 'analyst', 'releaser'] as const)[at] ?? 'reader', clearances: { NATO: 'SECRET' }, created: iso(90 * DAY), last_seen: iso(at * 9_000_000), methods: ['password' as const], totp: at === 0, enabled: true, certificates: [], oidc: null })) })],
  ['GET', /^\/sessions$/, () => ({ sessions: [{ id: 's1', user: 'ingrid', method: 'password' as const, created: iso(DAY), last_seen: iso(0), until: iso(-DAY), address: '10.0.0.7', agent: 'Firefox', own: true }, { id: 's2', user: 'kenji', method: 'oidc' as const, created: iso(DAY), last_seen: iso(9_000_000), until: iso(-DAY), address: '10.0.0.9', agent: 'Chromium', own: false }] })],
  ['GET', /^\/tokens$/, () => ({ tokens: PARTNERS.map((partner, at) => ({ id: String(at), partner, kind: 'token', note: 'sensor', created: iso(40 * DAY), expires: null })) })],
  ['GET', /^\/markings$/, () => ({ markings: [...(['clear', 'green', 'amber', 'amber+strict', 'red'] as const).map((tlp) => ({ id: `TLP:${tlp.toUpperCase()}`, name: `TLP:${tlp.toUpperCase()}`, kind: 'tlp', tlp })), { id: 'marking-definition--1', name: 'REL NATO, JPN', kind: 'releasability', tlp: null }, { id: 'marking-definition--2', name: 'PAP:GREEN', kind: 'pap', tlp: null }] })],
  ['GET', /^\/collections$/, () => ({ collections: [{ id: '1', alias: 'threats', title: 'Threats', description: null, default_marking: ['TLP:GREEN'], readers: PARTNERS, objects: 5000, second_person: true }] })],
  ['GET', /^\/health$/, () => ({ version: '0.1.0', backend: 'embedded', last_change: iso(60_000), objects: 5000, alarms: 0, remarks: [], views: [{ name: 'search', behind: 0 }, { name: 'graph', behind: 0 }], sessions: 2, streams: 1 })],
];

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const address = new URL(request.url ?? '/', 'http://mock');
  const path = address.pathname.replace(/^\/api\/v1/, '');
  if (path === '/changes') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`id: 1\ndata: ${JSON.stringify({ sequence: 1, added: {}, hits: hits('open').length, releases: 3 } satisfies Schema<'Changed'>)}\n\n`);
    return;
  }
  const ask: Ask = { path, method: request.method ?? 'GET', query: address.searchParams, body: await bodyOf(request) };
  for (const [method, form, make] of routes) {
    const match = form.exec(decodeURIComponent(path));
    if (!match || method !== ask.method) continue;
    const made = make(ask, match);
    const status = typeof made === 'number' ? made : made === null ? 204 : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof made === 'number' ? JSON.stringify({ code: made === 401 ? 'credentials' : 'absent', message: 'there is no such thing', id: 'a1b2c3' }) : made === null ? undefined : JSON.stringify(made));
    return;
  }
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ code: 'absent', message: 'the made-up node does not answer this', id: 'a1b2c3' }));
}

export function mock(): Plugin {
  const use = (request: IncomingMessage, response: ServerResponse, next: () => void): void => { if (request.url?.startsWith('/api/v1/')) void answer(request, response); else next(); };
  return {
    name: 'cresset-mock',
    configureServer(server) { server.middlewares.use(use); },
    configurePreviewServer(server) { server.middlewares.use((request, response, next) => { response.setHeader('content-security-policy', CSP); use(request, response, next); }); },
  };
}
