/** The tags of a table that is written as eight hexadecimal digits each, with nothing between them. */
export const tagsOf = (digits: string): number[] =>
  (digits.match(/.{8}/g) ?? []).map((tag) => Number.parseInt(tag, 16));
