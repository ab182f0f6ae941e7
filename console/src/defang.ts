// How are indicators shown so that nobody clicks or resolves them by accident? Values are text: defanged, never links.
const SCHEME = /\b(h)tt(ps?)(:\/\/)/gi;
const OTHER_SCHEME = /\b(ftps?|ssh|tcp|udp|rdp|smb|ldaps?)(:\/\/)/gi;
const IPV4 = /\b(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\b/g;
const MAIL = /([\w.+-])@(?=[\w-]+(?:\[?\.\]?[\w-]+)+)/g;
// Behind a single slash it is a path; behind two it is a host.
const DOMAIN = /(?<![\w.-])(?<!(?<!\/)\/)((?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+)([a-z]{2,24}|xn--[a-z0-9-]{2,59})(?![\w])/gi;

/** Types whose name is a value that a machine would resolve. */
const VALUE_TYPES = new Set(['domain-name', 'ipv4-addr', 'ipv6-addr', 'url', 'email-addr', 'email-message', 'network-traffic']);
export const isValueType = (type: string): boolean => VALUE_TYPES.has(type);

export function defang(text: string): string {
  return text
    .replace(SCHEME, (_, h: string, rest: string, slashes: string) => `${h}xx${rest}${slashes}`)
    .replace(OTHER_SCHEME, (_, scheme: string) => `${scheme}[:]//`)
    .replace(IPV4, '$1.$2.$3[.]$4')
    .replace(MAIL, '$1[@]')
    .replace(DOMAIN, (whole: string, labels: string, last: string) => (isFileName(whole) ? whole : `${labels.slice(0, -1)}[.]${last}`));
}

/** The value itself again, as a query or a copy wants it. */
export function refang(text: string): string {
  return text
    .replace(/\bhxx(ps?)/gi, (_, rest: string) => `htt${rest}`)
    .replace(/\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)/gi, '.')
    .replace(/\[@\]|\(at\)|\[at\]/gi, '@')
    .replace(/\[:\]/g, ':');
}

const FILE_ENDINGS = new Set(['exe', 'dll', 'sys', 'bat', 'cmd', 'ps1', 'vbs', 'js', 'jar', 'lnk', 'doc', 'docx', 'xls', 'xlsx', 'ppt', 'pdf', 'zip', 'rar', 'iso', 'img', 'tmp', 'dat', 'bin', 'txt', 'json', 'xml', 'log', 'csv', 'yar', 'toml', 'conf', 'cfg']);
function isFileName(text: string): boolean {
  return FILE_ENDINGS.has(text.slice(text.lastIndexOf('.') + 1).toLowerCase());
}

/** The name of an object as it may stand on a screen. Patterns and values are defanged; names of actors are what they are. */
export function shownName(type: string, name: string): string {
  return isValueType(type) || type === 'indicator' || type === 'observed-data' || type === 'sighting' || type === 'infrastructure' || type === 'report' ? defang(name) : name;
}
