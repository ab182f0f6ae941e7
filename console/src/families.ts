// To which family does a type belong? A family has a colour and a shape of its own, so that colour is never alone.
export type Family = 'threat' | 'capability' | 'detection' | 'exposure' | 'context' | 'observable';
export const FAMILIES: readonly Family[] = ['threat', 'capability', 'detection', 'exposure', 'context', 'observable'];

const FAMILY: Record<string, Family> = {
  'threat-actor': 'threat', 'intrusion-set': 'threat', campaign: 'threat', incident: 'threat',
  malware: 'capability', tool: 'capability', 'attack-pattern': 'capability', 'malware-analysis': 'capability', 'x-mitre-tactic': 'capability',
  indicator: 'detection', sighting: 'detection', 'observed-data': 'detection', 'course-of-action': 'detection',
  vulnerability: 'exposure', infrastructure: 'exposure', location: 'exposure',
  identity: 'context', report: 'context', grouping: 'context', note: 'context', opinion: 'context', relationship: 'context',
  'marking-definition': 'context', 'language-content': 'context', 'x-mitre-matrix': 'context', 'x-mitre-collection': 'context',
};

export function familyOf(type: string): Family {
  return FAMILY[type] ?? (type.startsWith('x-') ? 'context' : 'observable');
}

/** The outlines, in a square from -1 to 1; canvas and <svg> draw the same. */
export const OUTLINE: Record<Family, string> = {
  threat: 'M-.9 0A.9 .9 0 1 1 .9 0A.9 .9 0 1 1 -.9 0Z',
  capability: 'M0-.98L.95-.28L.6.84H-.6L-.95-.28Z',
  detection: 'M0-1.05L1.05 0L0 1.05L-1.05 0Z',
  exposure: 'M-.86-.82H.86V.15C.86.6.5.88 0 1.05C-.5.88-.86.6-.86.15Z',
  context: 'M-.5-.88H.5L1 0L.5.88H-.5L-1 0Z',
  observable: 'M-.8-.8H.8V.8H-.8Z',
};
