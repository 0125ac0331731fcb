import { counted } from '../terminal/counted.ts';

/** How much of a folder is not read, as people are told. */
export const leftOut = ({ junk, links }: { junk: number; links: number }) =>
  `left out: ${counted(junk, 'that is no data', 'that are no data')}, ${counted(links, 'link')}`;
