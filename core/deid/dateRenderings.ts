const months = 'january february march april may june july august september october november december'.split(' ');

/**
 * How people write a day, beside the eight digits of DICOM: the separators and orders of ISO 8601, Europe and America,
 * and names of months.
 * @param date eight digits
 */
export function dateRenderings(date: string): string[] {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)];
  const name = months[Number(month) - 1] ?? '';
  const short = name.slice(0, 3);
  const bare = String(Number(day));
  const numbers = ['-', '/', '.', ' '].flatMap((by) =>
    [
      [year, month, day],
      [day, month, year],
      [month, day, year],
      [bare, String(Number(month)), year],
      [String(Number(month)), bare, year],
    ].map((parts) => parts.join(by)),
  );
  const words = [name, short].flatMap((each) =>
    [day, bare].flatMap((dd) => [
      `${dd} ${each} ${year}`,
      `${dd}-${each}-${year}`,
      `${dd}${each}${year}`,
      `${dd}. ${each} ${year}`,
      `${each} ${dd}, ${year}`,
      `${each} ${dd} ${year}`,
    ]),
  );
  return [...new Set([...numbers, ...words])];
}
