import * as z from 'zod';
import { ResourceRule } from './ResourceRule.ts';

const isSameCatalog = (left: ResourceRule, right: ResourceRule) =>
  left.format === right.format && left.content === right.content && left.tags === right.tags;

/** All rules of a project. No file fits two of them alike, and what several say of one resource is the same. */
export const ResourceRules = z
  .array(ResourceRule)
  .max(50)
  .superRefine((rules, context) => {
    for (const [index, rule] of rules.entries()) {
      for (const earlier of rules.slice(0, index)) {
        const isSameFolder = earlier.folder === rule.folder;
        const shared = rule.endings.find((ending) => isSameFolder && earlier.endings.includes(ending));
        if (shared !== undefined) {
          context.addIssue({ code: 'custom', path: [index, 'endings'], message: `Two rules take ${shared}` });
        }
        const isSameResource = earlier.level === rule.level && earlier.label === rule.label;
        if (isSameResource && !isSameCatalog(earlier, rule)) {
          const message = 'Two rules of one resource differ in format, content or tags';
          context.addIssue({ code: 'custom', path: [index], message });
        }
      }
    }
  });
