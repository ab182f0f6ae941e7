// How does a worker start where Trusted Types are required? By one policy that lets nothing through but our own files.
interface Policy { createScriptURL(url: string): unknown }
interface Factory { createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy }

let policy: Policy | null = null;

export function startWorker(url: string): Worker {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  policy ??= factory?.createPolicy('cti-worker', { createScriptURL: own }) ?? null;
  return new Worker((policy ? policy.createScriptURL(url) : own(url)) as string, { type: 'module' });
}

function own(url: string): string {
  const address = new URL(url, location.href);
  if (address.origin !== location.origin) throw new TypeError('a worker of another origin is not started');
  return address.href;
}
