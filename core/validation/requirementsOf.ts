import { dicomRoot } from '../dicom/tables/registeredUids.ts';
import { tagsOf } from '../dicom/tagsOf.ts';
import { requiredByModule, sopClassesByModules } from './tables/requiredAttributes.ts';

/** An attribute that a SOP class requires at the top level. */
export interface Requirement {
  tag: number;
  type: 1 | 2;
  /** The module that asks for it, as PS3.3 names it. */
  module: string;
}

const modulesBySopClass = new Map<string, readonly string[]>();
for (const [modules, uids] of Object.entries(sopClassesByModules)) {
  const each = modules.split(' ');
  for (const uid of uids.split(' ')) modulesBySopClass.set(dicomRoot + uid, each);
}

/** Read when a class needs it: to read all of them takes as long as ten files. */
function requirementsIn(module: string): Requirement[] {
  const [type1 = '', type2 = ''] = (digitsByModule.get(module) ?? '').split(' ');
  return [...requirements(type1, { type: 1, module }), ...requirements(type2, { type: 2, module })];
}

const digitsByModule = new Map(Object.entries(requiredByModule));

function requirements(digits: string, of: Pick<Requirement, 'type' | 'module'>): Requirement[] {
  return tagsOf(digits).map((tag) => ({ tag, ...of }));
}

/** True for a mandatory module of a storage SOP class. */
export const hasModule = (sopClass: string, module: string): boolean =>
  modulesBySopClass.get(sopClass)?.includes(module) === true;

const bySopClass = new Map<string, readonly Requirement[]>();

/**
 * What the mandatory modules of a storage SOP class require, ascending by tag, the strictest Type of each; undefined
 * for a class without a table. Modules younger than the tables require nothing.
 */
export function requirementsOf(sopClass: string): readonly Requirement[] | undefined {
  const known = bySopClass.get(sopClass);
  const modules = modulesBySopClass.get(sopClass);
  if (known !== undefined || modules === undefined) return known;
  const strictest = new Map<number, Requirement>();
  for (const each of modules.flatMap(requirementsIn)) {
    if (each.type < (strictest.get(each.tag)?.type ?? 3)) strictest.set(each.tag, each);
  }
  const sorted = [...strictest.values()].sort((left, right) => left.tag - right.tag);
  bySopClass.set(sopClass, sorted);
  return sorted;
}
