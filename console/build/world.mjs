// What do the borders of the map look like? Natural Earth's as world-atlas (public domain / ISC) draws them, mended:
// Crimea is Ukraine, Kosovo has a code, Northern Cyprus and Somaliland are drawn as the states they belong to, no Antarctica.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { geoContains } from 'd3-geo';
import { feature, mergeArcs } from 'topojson-client';

const read = (path) => JSON.parse(readFileSync(new URL(`../node_modules/${path}`, import.meta.url), 'utf8'));
const world = read('world-atlas/countries-110m.json');
const codes = new Map(read('i18n-iso-countries/codes.json').map(([two, three, numeric]) => [numeric, { two, three }]));
let countries = world.objects.countries.geometries.filter((country) => country.id !== '010');

const byName = (name) => {
  const found = countries.find((country) => country.properties.name === name);
  if (!found) throw new Error(`the atlas has no \`${name}\``);
  return found;
};
const join = (into, piece) => {
  const merged = mergeArcs(world, [into, piece]);
  into.type = merged.type;
  into.arcs = merged.arcs;
};

const simferopol = [34.1, 45.0];
const russia = byName('Russia');
const crimea = russia.arcs.filter((arcs) => geoContains(feature(world, { type: 'Polygon', arcs }), simferopol));
if (crimea.length !== 1) throw new Error('Crimea is not where the atlas had it: look at the map before shipping it');
russia.arcs = russia.arcs.filter((arcs) => arcs !== crimea[0]);
join(byName('Ukraine'), { type: 'Polygon', arcs: crimea[0] });
for (const [piece, whole] of [['N. Cyprus', 'Cyprus'], ['Somaliland', 'Somalia']]) {
  join(byName(whole), byName(piece));
  countries = countries.filter((country) => country.properties.name !== piece);
}
if (!geoContains(feature(world, byName('Ukraine')), simferopol)) throw new Error('Crimea is not in Ukraine');
if (geoContains(feature(world, russia), simferopol)) throw new Error('Crimea is still in Russia');

for (const country of countries) {
  const name = country.properties.name;
  const code = name === 'Kosovo' ? { two: 'XK', three: 'XKX' } : codes.get(String(country.id).padStart(3, '0'));
  if (!code) throw new Error(`no code for \`${name}\``);
  country.id = code.three;
  country.properties = { two: code.two, name };
}
world.objects = { countries: { type: 'GeometryCollection', geometries: countries } };
mkdirSync(new URL('../made/', import.meta.url), { recursive: true });
writeFileSync(new URL('../made/world.json', import.meta.url), JSON.stringify(world));
console.log(`world: ${countries.length} countries`);
