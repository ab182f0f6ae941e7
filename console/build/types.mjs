// Which types does the node's OpenAPI have? Written to src/api.d.ts; with `--check` it only says whether they are the same.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const target = new URL('../src/api.d.ts', import.meta.url);
const head = '// Which paths, parameters and answers does the node have? Made from console/openapi.json by `npm run types`; never edited.\n';
const text = readFileSync(new URL('../openapi.json', import.meta.url), 'utf8');
const description = JSON.parse(text);
for (const [, name] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
  if (name in description.components.schemas) continue;
  console.warn(`types: openapi.json speaks of \`${name}\` but does not say what it is; taken as a string`);
  description.components.schemas[name] = { type: 'string' };
}
const made = head + astToString(await openapiTS(description, { emptyObjectsUnknown: true }));
if (process.argv.includes('--check')) {
  const same = readFileSync(target, 'utf8') === made;
  console.log(same ? 'types: as openapi.json says' : 'types: src/api.d.ts is not what openapi.json says; run `npm run types`');
  process.exit(same ? 0 : 1);
}
writeFileSync(target, made);
