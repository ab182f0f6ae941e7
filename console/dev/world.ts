// What is in the made-up node that the console is developed against? Never shipped; every object is invented, always the same.
import type { components } from '../src/api';

type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];
type Row = Schema<'Row'>;
type Tlp = Schema<'TlpLevel'>;

/** The same numbers in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => { state = (state * 1664525 + 1013904223) % 4294967296; return state / 4294967296; };
}
const chance = random(7);
const one = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T;
const hex = (n: number): string => Array.from({ length: n }, () => Math.floor(chance() * 16).toString(16)).join('');
const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;

export const NOW = Date.now();
const DAY = 86_400_000;
const SOURCES = ['nor-cert', 'jpn-cert', 'vendor', 'usa-cell', 'Fjord CERT'];
const TLPS: readonly Tlp[] = ['clear', 'green', 'green', 'amber', 'amber', 'amber+strict', 'red'];
const RELS = [[], [], ['NATO'], ['NATO', 'JPN'], ['NOR', 'USA'], ['FVEY']];
const ADJECTIVES = ['Silent', 'Velvet', 'Winter', 'Amber', 'Hollow', 'Northern', 'Static', 'Glass', 'Crimson', 'Lucid', 'Pale', 'Cobalt'];
const ANIMALS = ['Heron', 'Mantis', 'Pike', 'Cicada', 'Kestrel', 'Viper', 'Orchid', 'Lynx', 'Falcon', 'Otter'];
const TYPES = ['indicator', 'indicator', 'indicator', 'indicator', 'domain-name', 'ipv4-addr', 'malware', 'intrusion-set', 'campaign', 'tool', 'vulnerability', 'report', 'attack-pattern', 'infrastructure', 'threat-actor', 'file', 'identity', 'location', 'sighting', 'course-of-action', 'url'];
const LABELS = ['night-heron', 'loader', 'maritime', 'ics', 'energy', 'supply-chain', 'phishing', 'c2'];

function nameOf(type: string): string {
  const title = `${one(ADJECTIVES)} ${one(ANIMALS)}`;
  switch (type) {
    case 'indicator': return one([`[domain-name:value = '${one(ANIMALS).toLowerCase()}-${hex(4)}.example']`, `[ipv4-addr:value = '203.0.113.${Math.floor(chance() * 250)}']`, `Loader of the ${title} campaign`, `C2 beacon ${hex(6)}`]);
    case 'domain-name': return `${one(ANIMALS).toLowerCase()}-${hex(4)}.example`;
    case 'ipv4-addr': return `198.51.100.${Math.floor(chance() * 250)}`;
    case 'url': return `https://${one(ANIMALS).toLowerCase()}-${hex(4)}.example/gate`;
    case 'malware': return `${one(ADJECTIVES)}${one(['Stealer', 'Locker', 'Wiper', 'RAT', 'Dropper'])}`;
    case 'vulnerability': return `CVE-202${Math.floor(chance() * 6)}-${1000 + Math.floor(chance() * 9000)}`;
    case 'report': return `Deep dive: ${title} against ${one(LABELS)}`;
    case 'file': return `${one(ANIMALS).toLowerCase()}_${hex(4)}.exe`;
    case 'sighting': return `Sighting of ${title}`;
    case 'attack-pattern': return one(['Phishing', 'Valid Accounts', 'Brute Force', 'Exploit Public-Facing Application', 'Scheduled Task/Job']);
    case 'location': return one(['Norway', 'Japan', 'Ukraine', 'Estonia']);
    default: return title;
  }
}
export const marking = (tlp: Tlp, rel: string[] = []): Schema<'Marking'> => ({ tlp, rel, text: [`TLP:${tlp.toUpperCase()}`, rel.length ? `REL ${rel.join(', ')}` : ''].filter(Boolean).join(' ') });

export const ROWS: Row[] = Array.from({ length: 5000 }, (_, at) => {
  const type = one(TYPES);
  const added = new Date(NOW - at * at * 900 - at * 500_000).toISOString();
  const source = one(SOURCES);
  return { id: `${type}--${uuid()}`, type, name: nameOf(type), description: 'Seen by a sensor at the harbour; talks to hxxps://relay[.]example every ten minutes.', marking: marking(one(TLPS), one(RELS)), source: { id: `identity--${uuid()}`, name: source }, confidence: Math.floor(chance() * 100), created: added, modified: added, first: new Date(Date.parse(added) - 20 * DAY).toISOString(), last: added, revoked: chance() < 0.03, labels: [one(LABELS), one(LABELS)], added, collections: ['threats'], sightings: chance() < 0.1 ? Math.floor(chance() * 40) : 0, ...(type === 'attack-pattern' ? { external_id: `T1${Math.floor(chance() * 600)}` } : {}) };
});

const STRONG = ['intrusion-set', 'malware', 'campaign', 'tool', 'threat-actor', 'attack-pattern', 'vulnerability', 'infrastructure'];
export function graph(around: string[], limit: number): Schema<'Graph'> {
  const pick = random(around.join('').length + 11);
  const start = ROWS.filter((row) => around.includes(row.id));
  const pool = ROWS.filter((row) => row.type !== 'report' && row.type !== 'sighting');
  const rows = [...new Map([...start, ...pool.slice(0, Math.max(0, limit - start.length))].map((row) => [row.id, row])).values()].slice(0, limit);
  const hubs = rows.filter((row) => STRONG.includes(row.type)).slice(0, Math.max(4, Math.floor(limit / 18)));
  const edges: Schema<'Edge'>[] = [];
  const wanted = limit >= 400 ? 1500 : limit * 2;
  rows.forEach((row, at) => { const hub = hubs[Math.floor(pick() ** 2 * hubs.length)] ?? rows[0]; if (hub && hub !== row) edges.push({ id: `relationship--${at}`, source: row.id, target: hub.id, verb: row.type === 'indicator' ? 'indicates' : 'uses' }); });
  while (edges.length < wanted && rows.length > 2) { const a = rows[Math.floor(pick() * rows.length)]; const b = hubs[Math.floor(pick() ** 1.5 * hubs.length)]; if (a && b && a !== b) edges.push({ id: `relationship--x${edges.length}`, source: a.id, target: b.id, verb: 'related-to' }); }
  const degree = new Map<string, number>();
  for (const edge of edges) for (const end of [edge.source, edge.target]) degree.set(end, (degree.get(end) ?? 0) + 1);
  const first = rows[0];
  return { nodes: rows.map((row) => ({ id: row.id, type: row.type, name: row.name, marking: row.marking, degree: degree.get(row.id) ?? 0, rank: 0.5, first: row.first, last: row.last })), edges, folded: first ? [{ around: first.id, type: 'indicator', verb: 'indicates', count: 212 }, { around: first.id, type: 'report', verb: 'object_refs', count: 9 }] : [] };
}

const TACTICS = ['Reconnaissance', 'Resource Development', 'Initial Access', 'Execution', 'Persistence', 'Privilege Escalation', 'Defense Evasion', 'Credential Access', 'Discovery', 'Lateral Movement', 'Collection', 'Command and Control', 'Exfiltration', 'Impact'];
const TECHNIQUES = ['Active Scanning', 'Phishing', 'Valid Accounts', 'Command and Scripting Interpreter', 'Scheduled Task/Job', 'Process Injection', 'Obfuscated Files or Information', 'OS Credential Dumping', 'Network Sniffing', 'Remote Services', 'Data Staged', 'Proxy', 'Exfiltration Over C2 Channel', 'Data Encrypted for Impact', 'Rootkit', 'Brute Force', 'Drive-by Compromise', 'Account Discovery', 'Impair Defenses', 'Web Service'];
const SIZES = [10, 8, 11, 14, 20, 14, 43, 17, 32, 9, 17, 18, 9, 13];
export function matrix(compared: boolean): Schema<'Matrix'> {
  const pick = random(23);
  const technique = (number: string, name: string): Schema<'Technique'> => ({ id: `attack-pattern--${number}`, external_id: number, name, count: pick() < 0.5 ? 0 : Math.floor(pick() ** 2 * 40), against: compared && pick() < 0.4 ? Math.floor(pick() * 20) : 0, own: pick() < 0.25 ? 2 : 0, children: [] });
  return {
    framework: 'mitre-attack', frameworks: [{ id: 'mitre-attack', name: 'ATT&CK Enterprise' }, { id: 'disarm', name: 'DISARM Red' }],
    subjects: ROWS.filter((row) => row.type === 'intrusion-set').slice(0, 30).map((row) => ({ id: row.id, name: row.name, type: row.type, count: 10 })),
    tactics: TACTICS.map((name, at) => ({ id: `x-mitre-tactic--${at}`, name, techniques: Array.from({ length: SIZES[at] ?? 10 }, (_, n) => { const number = `T${1000 + at * 50 + n}`; const made = technique(number, TECHNIQUES[Math.floor(pick() * TECHNIQUES.length)] ?? ''); return pick() < 0.4 ? { ...made, children: [1, 2, 3].map((child) => technique(`${number}.00${child}`, `${made.name}: variant ${child}`)) } : made; }) })),
  };
}
export const PARTNERS = ['nor-cert', 'jpn-cert', 'vendor', 'usa-cell'];
export const pickAt = random;
