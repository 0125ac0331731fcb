import type { Disposition } from './findingCatalogue.ts';

const ranks: Record<Disposition, number> = { accept: 0, hold: 1, refuse: 2 };

/** The disposition that decides; `accept` where there is none. */
export const worstOf = (dispositions: readonly Disposition[]): Disposition =>
  dispositions.reduce<Disposition>((found, each) => (ranks[each] > ranks[found] ? each : found), 'accept');
