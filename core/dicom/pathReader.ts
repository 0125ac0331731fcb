import { formatTag } from './dicomFault.ts';
import { at, type ElementIndex, isContainer } from './elementIndex.ts';

/** A sequence or an item that is being gone through. */
interface Open {
  node: number;
  path: string;
  /** So far. */
  items: number;
}

/**
 * Names elements and items by path, like `(0040,0275)[1].(0040,0007)`: items count from 1. To be called for every
 * position of an index, in order; it holds the path of what is open alone, since there may be five million.
 */
export function pathReader(index: ElementIndex): (node: number) => string {
  const open: Open[] = [];
  return (node) => {
    const parent = at(index.parent, node);
    while (open.length > 0 && open.at(-1)?.node !== parent) open.pop();
    const path = pathIn(open.at(-1), node);
    if (isContainer(index, node)) open.push({ node, path, items: 0 });
    return path;
  };

  function pathIn(holder: Open | undefined, node: number): string {
    if (holder === undefined) return formatTag(at(index.tag, node));
    if (at(index.vr, node) !== 0) return `${holder.path}.${formatTag(at(index.tag, node))}`;
    holder.items += 1;
    return `${holder.path}[${holder.items}]`;
  }
}
