/** In English, German, French, Spanish, Italian, Dutch, Portuguese and Scandinavian, as far as they differ. */
const months = [
  'january januar janvier enero gennaio januari janeiro',
  'february februar février febrero febbraio februari fevereiro',
  'march märz mars marzo maart março marts',
  'april avril abril aprile',
  'may mai mayo maggio mei maio maj',
  'june juni juin junio giugno junho',
  'july juli juillet julio luglio julho',
  'august août agosto augustus augusti',
  'september septembre septiembre settembre setembro',
  'october oktober octobre octubre ottobre outubro',
  'november novembre noviembre novembro',
  'december dezember décembre diciembre dicembre dezembro desember',
].map((names) => names.split(' '));
/** Abbreviations that are no other beginning than the English one, but for these. */
const shortNames: Record<number, string> = { 3: 'mrz', 5: 'mai', 10: 'okt', 12: 'dez' };

/** Forms in which writers give a day for a DA: those of DICOM since and before 1993, of ISO 8601, and of Europe. */
const dayForms = [/^(?<y>\d{4})(?<m>\d\d)(?<d>\d\d)/, /^(?<y>\d{4})[-./](?<m>\d\d?)[-./](?<d>\d\d?)/];
const europeanForm = /^(?<d>\d\d?)[-./](?<m>\d\d?)[-./](?<y>\d{4})/;

/** The day that a value of DA or DT begins with, as eight digits, also where it is written as none is; else undefined. */
export function dayOf(value: string): string | undefined {
  const groups = [...dayForms, europeanForm].map((form) => form.exec(value)?.groups).find((each) => each !== undefined);
  const { y = '', m = '', d = '' } = groups ?? {};
  const day = `${y}${m.padStart(2, '0')}${d.padStart(2, '0')}`;
  return /^(?:18|19|20)\d{6}$/.test(day) ? day : undefined;
}

/**
 * How people write a day, beside the eight digits of DICOM: the separators and orders of ISO 8601, Europe and America,
 * and names of months.
 * @param date eight digits
 */
export function dateRenderings(date: string): string[] {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)];
  const bare = String(Number(day));
  const numbers = ['-', '/', '.', ' ', '_'].flatMap((by) =>
    [
      [year, month, day],
      [day, month, year],
      [month, day, year],
      [year, String(Number(month)), bare],
      [bare, String(Number(month)), year],
      [String(Number(month)), bare, year],
    ].map((parts) => parts.join(by)),
  );
  const joined = [`${day}${month}${year}`, `${month}${day}${year}`];
  const shortYears = ['-', '/', '.'].flatMap((by) =>
    [
      [day, month],
      [month, day],
    ].map((parts) => [...parts, year.slice(2)].join(by)),
  );
  return [...new Set([...numbers, ...joined, ...shortYears, ...inWords({ year, month: Number(month), day })])];
}

function inWords({ year, month, day }: { year: string; month: number; day: string }): string[] {
  const [english = '', ...others] = months[month - 1] ?? [];
  const bare = String(Number(day));
  const short = english.slice(0, 3);
  const anywhere = [short, shortNames[month] ?? short, english, ...others].flatMap((each) =>
    [day, bare].flatMap((dd) => [
      `${dd} ${each} ${year}`,
      `${dd}-${each}-${year}`,
      `${dd}${each}${year}`,
      `${dd}. ${each} ${year}`,
    ]),
  );
  const inEnglish = [english, short].flatMap((each) =>
    [day, bare, ...ordinalsOf(bare)].flatMap((dd) => [`${each} ${dd}, ${year}`, `${each} ${dd} ${year}`]),
  );
  const iberian = others.flatMap((each) => [`${day} de ${each} de ${year}`, `${bare} de ${each} de ${year}`]);
  return [...anywhere, ...inEnglish, ...iberian];
}

const ordinalsOf = (day: string) => ['st', 'nd', 'rd', 'th'].map((ending) => `${day}${ending}`);
