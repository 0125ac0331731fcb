import { formatTag } from '../dicom/dicomFault.ts';
import { at, type ElementIndex } from '../dicom/elementIndex.ts';
import { lookUpVr } from '../dicom/lookUpVr.ts';
import { vrName } from '../dicom/vr.ts';
import { type EditPlan, type ElementAction, elementActions, stampRule } from './planEdits.ts';

/** What became of one element: for people, who must see the rule, and must not see the value. */
export interface ElementChange {
  /** Like `(0040,0275)[1].(0040,0007)`: items count from 1. */
  path: string;
  vr: string;
  action: ElementAction;
  rule: string;
}

/** One line for each element that the plan decided on, in the order of the file; new ones follow. */
export function listChanges(index: ElementIndex, plan: EditPlan): ElementChange[] {
  const changes: ElementChange[] = [];
  const paths = new Map<number, string>([[-1, '']]);
  const items = new Map<number, number>();
  const ruleOf = (node: number) => plan.ruleNames[plan.rule[node] ?? 0] ?? '';
  for (let node = 0; node < index.count; node += 1) {
    const parent = at(index.parent, node);
    const prefix = paths.get(parent);
    if (prefix === undefined) continue;
    const tag = at(index.tag, node);
    if (at(index.vr, node) === 0) {
      const number = (items.get(parent) ?? 0) + 1;
      items.set(parent, number);
      const isRemoved = elementActions[plan.action[node] ?? 0] === 'removed';
      if (isRemoved) changes.push({ path: `${prefix}[${number}]`, vr: 'SQ', action: 'removed', rule: ruleOf(node) });
      else paths.set(node, `${prefix}[${number}].`);
      continue;
    }
    const action = elementActions[plan.action[node] ?? 0];
    if (action === undefined) continue;
    const path = `${prefix}${formatTag(tag)}`;
    paths.set(node, path);
    changes.push({ path, vr: vrName(at(index.vr, node)), action, rule: ruleOf(node) });
  }
  for (const { tag } of plan.insertions) {
    changes.push({ path: formatTag(tag), vr: vrName(lookUpVr(tag) ?? 0), action: 'changed', rule: stampRule });
  }
  return changes;
}
