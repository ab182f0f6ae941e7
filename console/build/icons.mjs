// Which one path draws each icon? Lucide's icons (ISC) are flattened to one string each, for <svg> and for canvas alike.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/** The name in the console → the name in Lucide. Types of STIX first, then what the shell needs. */
const icons = {
  'attack-pattern': 'crosshair', campaign: 'flag', 'course-of-action': 'shield-check', grouping: 'group', identity: 'contact',
  incident: 'siren', indicator: 'fingerprint-pattern', infrastructure: 'server', 'intrusion-set': 'venetian-mask', location: 'map-pin',
  malware: 'bug', 'malware-analysis': 'microscope', note: 'sticky-note', 'observed-data': 'eye', opinion: 'message-square-quote',
  report: 'file-text', 'threat-actor': 'drama', tool: 'wrench', vulnerability: 'shield-alert', relationship: 'spline',
  sighting: 'radar', 'marking-definition': 'stamp', 'language-content': 'languages', artifact: 'package', 'autonomous-system': 'network',
  directory: 'folder', 'domain-name': 'globe', 'email-addr': 'at-sign', 'email-message': 'mail', file: 'file', 'ipv4-addr': 'ethernet-port',
  'ipv6-addr': 'ethernet-port', 'mac-addr': 'cpu', mutex: 'lock', 'network-traffic': 'arrow-left-right', process: 'cog',
  software: 'app-window', url: 'link', 'user-account': 'user', 'windows-registry-key': 'key-square', 'x509-certificate': 'badge-check',
  'x-mitre-tactic': 'target', object: 'box',
  home: 'house', objects: 'list', graph: 'waypoints', matrix: 'grid-3x3', time: 'map', hits: 'bell', board: 'rows-3', intake: 'inbox',
  releases: 'send', partners: 'handshake', audit: 'scroll-text', admin: 'users', search: 'search', theme: 'sun-moon', close: 'x',
  check: 'check', half: 'circle-dot-dashed', no: 'ban', undo: 'undo-2', redo: 'redo-2', pin: 'pin', expand: 'maximize-2', keyboard: 'keyboard',
  language: 'languages', eye: 'eye', out: 'log-out', plus: 'plus', minus: 'minus', right: 'chevron-right', left: 'chevron-left', down: 'chevron-down',
  table: 'table', download: 'download', save: 'save', recall: 'rotate-ccw', warning: 'triangle-alert', clock: 'clock', copy: 'copy', path: 'route',
  fit: 'scan', trash: 'trash', snooze: 'alarm-clock', upload: 'file-up', stamp: 'stamp', compare: 'diff',
};

const number = /-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;

/** A path that begins with a relative moveto, made to begin with an absolute one, so that it may follow another path. */
function absolute(d) {
  if (d[0] !== 'm') return d;
  const end = d.slice(1).search(/[a-z]/i);
  const head = end < 0 ? d.slice(1) : d.slice(1, end + 1);
  const rest = end < 0 ? '' : d.slice(end + 1);
  const [x, y, ...more] = head.match(number);
  return `M${x} ${y}${more.length ? `l${more.join(' ')}` : ''}${rest}`;
}

function path(tag, a) {
  const n = (name) => Number(a[name] ?? 0);
  switch (tag) {
    case 'path': return absolute(a.d);
    case 'line': return `M${a.x1} ${a.y1}L${a.x2} ${a.y2}`;
    case 'circle': return ellipse(n('cx'), n('cy'), n('r'), n('r'));
    case 'ellipse': return ellipse(n('cx'), n('cy'), n('rx'), n('ry'));
    case 'polyline': return `M${a.points}`;
    case 'polygon': return `M${a.points}Z`;
    case 'rect': return rectangle(n('x'), n('y'), n('width'), n('height'), Math.max(n('rx'), n('ry')));
    default: throw new Error(`an icon has a <${tag}>, which is not known here`);
  }
}
function ellipse(x, y, rx, ry) {
  return `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0`;
}
function rectangle(x, y, w, h, r) {
  if (!r) return `M${x} ${y}h${w}v${h}h${-w}Z`;
  const c = (dx, dy) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  return `M${x + r} ${y}h${w - 2 * r}${c(r, r)}v${h - 2 * r}${c(-r, r)}h${2 * r - w}${c(-r, -r)}v${2 * r - h}${c(r, -r)}Z`;
}

const nodes = JSON.parse(readFileSync(new URL('../node_modules/lucide-static/icon-nodes.json', import.meta.url), 'utf8'));
const flat = {};
for (const [name, lucide] of Object.entries(icons)) {
  if (!nodes[lucide]) throw new Error(`Lucide has no icon \`${lucide}\``);
  flat[name] = nodes[lucide].map(([tag, attributes]) => path(tag, attributes)).join('');
}
mkdirSync(new URL('../made/', import.meta.url), { recursive: true });
writeFileSync(new URL('../made/icons.json', import.meta.url), JSON.stringify(flat));
console.log(`icons: ${Object.keys(flat).length}`);
