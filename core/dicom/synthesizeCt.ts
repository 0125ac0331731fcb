import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { asciiBytes, concatBytes, encodeElement, encodeItem, encodeSequence } from './encodeElement.ts';
import { encodeFileMeta } from './encodeFileMeta.ts';
import { synthesizeCtPixels } from './synthesizeCtPixels.ts';
import { explicitLittleEndian } from './transferSyntax.ts';
import { vr, vrCode } from './vr.ts';

interface CtSlice {
  /** Decides on patient, study and all UIDs: the same seed is the same study. */
  seed: string;
  /** Counted from 1. */
  series: number;
  /** Counted from 1. */
  instance: number;
  rows?: number;
  columns?: number;
}

const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';
const form = { explicit: true, bigEndian: false };

/**
 * A valid CT Image Storage file, explicit VR little endian, of a person who does not exist: the sample study and the
 * benchmarks are made of it. Its header is as full of identifiers as those of real scanners, in names, addresses,
 * dates, private elements and nested sequences. Equal arguments give equal bytes. 512 by 512 make 0.5 MB.
 */
export function synthesizeCtSlice({ seed, series, instance, rows = 512, columns = 512 }: CtSlice): Uint8Array {
  const person = inventPerson(seed);
  const sopInstance = uidOf(`${seed}/${series}/${instance}`);
  const meta = encodeFileMeta({ sopClass: ctImageStorage, sopInstance, transferSyntax: explicitLittleEndian });
  const groups = [
    identification(person, { seed, sopInstance, instance }),
    equipment(person),
    patient(person),
    acquisition(person, instance),
    relation({ seed, series, instance }),
    image({ rows, columns }),
    request(person),
  ];
  const pixels = encodeElement(
    { tag: 0x7fe00010, vr: vr.OW, value: synthesizeCtPixels({ seed, series, instance, rows, columns }) },
    form,
  );
  return concatBytes([meta, ...groups.flat(), pixels]);
}

/** UID under 2.25 from the first 128 bits of a digest (PS3.5 §B.2). */
function uidOf(name: string): string {
  const view = new DataView(sha256(utf8ToBytes(name)).buffer);
  return `2.25.${(view.getBigUint64(0) << 64n) | view.getBigUint64(8)}`;
}

interface Person {
  family: string;
  given: string;
  id: string;
  accession: string;
  birthDate: string;
  studyDate: string;
  sex: 'F' | 'M';
  number: number;
}

const familyNames = ['Zzyzxburg', 'Nonesuchsen', 'Fabrikowitz', 'Imaginovic', 'Phantasmeyer', 'Neverwasson'];
const givenNames = ['Quillabeth', 'Thaddeusine', 'Marvolette', 'Brandomir', 'Ottolinda', 'Xavierelle'];

function inventPerson(seed: string): Person {
  const digest = sha256(utf8ToBytes(`person/${seed}`));
  const byte = (position: number) => digest[position] ?? 0;
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const number = byte(2) * 65_536 + byte(3) * 256 + byte(4);
  return {
    family: familyNames[byte(0) % familyNames.length] ?? '',
    given: givenNames[byte(1) % givenNames.length] ?? '',
    id: `MRN-${String(number).padStart(8, '0')}`,
    accession: `ACC${String(number + 31).padStart(9, '0')}`,
    birthDate: `19${twoDigits(30 + (byte(5) % 60))}${twoDigits(1 + (byte(6) % 12))}${twoDigits(1 + (byte(7) % 28))}`,
    studyDate: `20${twoDigits(10 + (byte(8) % 14))}${twoDigits(1 + (byte(9) % 12))}${twoDigits(1 + (byte(10) % 28))}`,
    sex: byte(11) % 2 === 0 ? 'F' : 'M',
    number,
  };
}

const text = (tag: number, code: string, value: string) =>
  encodeElement({ tag, vr: vrCode(code), value: asciiBytes(value) }, form);

function short(tag: number, value: number): Uint8Array {
  return encodeElement({ tag, vr: vrCode('US'), value: Uint8Array.of(value & 0xff, value >> 8) }, form);
}

const code = (value: string, scheme: string, meaning: string) =>
  encodeItem([text(0x00080100, 'SH', value), text(0x00080102, 'SH', scheme), text(0x00080104, 'LO', meaning)], form);

function identification(person: Person, of: { seed: string; sopInstance: string; instance: number }): Uint8Array[] {
  const { studyDate } = person;
  const time = (seconds: number) => `1042${String(seconds % 60).padStart(2, '0')}.120000`;
  return [
    text(0x00080005, 'CS', 'ISO_IR 100'),
    text(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    text(0x00080012, 'DA', studyDate),
    text(0x00080013, 'TM', time(of.instance)),
    text(0x00080016, 'UI', ctImageStorage),
    text(0x00080018, 'UI', of.sopInstance),
    text(0x00080020, 'DA', studyDate),
    text(0x00080021, 'DA', studyDate),
    text(0x00080022, 'DA', studyDate),
    text(0x00080023, 'DA', studyDate),
    text(0x0008002a, 'DT', `${studyDate}${time(of.instance)}`),
    text(0x00080030, 'TM', '104201.000000'),
    text(0x00080031, 'TM', '104215.000000'),
    text(0x00080032, 'TM', time(of.instance)),
    text(0x00080033, 'TM', time(of.instance)),
    text(0x00080050, 'SH', person.accession),
    text(0x00080060, 'CS', 'CT'),
  ];
}

function equipment({ family, given }: Person): Uint8Array[] {
  return [
    text(0x00080070, 'LO', 'AIRLOCK SYNTHETIC'),
    text(0x00080080, 'LO', 'St. Nirgendwo Imaginary Infirmary'),
    text(0x00080081, 'ST', '17 Cloudcuckoo Lane, 00000 Nowhereville'),
    text(0x00080090, 'PN', 'Makebelief^Ursuline^^Dr.'),
    text(0x00081010, 'SH', 'CTFICT07'),
    text(0x00081030, 'LO', `Thorax routine ${family}`),
    text(0x0008103e, 'LO', 'Axial 1.0'),
    text(0x00081040, 'LO', 'Department of Unreal Imaging'),
    text(0x00081050, 'PN', 'Pretendski^Olgamira'),
    text(0x00081060, 'PN', 'Hypothetico^Radovan'),
    text(0x00081070, 'PN', 'Supposewicz^Ingelore'),
    text(0x00081090, 'LO', 'SYNTHESIZER 1'),
    // private elements, with a creator, that repeat what the standard ones say
    text(0x00090010, 'LO', 'FICTIONAL SCANNERS 1.0'),
    text(0x00091001, 'LO', `${family}^${given}`),
    encodeSequence(0x00091002, [encodeItem([text(0x00100010, 'PN', `${family}^${given}`)], form)], form),
  ];
}

function patient({ family, given, id, birthDate, sex, number }: Person): Uint8Array[] {
  return [
    text(0x00100010, 'PN', `${family}^${given}`),
    text(0x00100020, 'LO', id),
    text(0x00100021, 'LO', 'NIRGENDWO_PAS'),
    text(0x00100030, 'DA', birthDate),
    text(0x00100040, 'CS', sex),
    text(0x00101001, 'PN', `${family}^${given}^Formerly`),
    text(0x00101010, 'AS', '052Y'),
    text(0x00101030, 'DS', '71.5'),
    text(0x00101040, 'LO', `${number % 900} Make Believe Street, Nowhereville`),
    text(0x00102154, 'SH', `+00 555 ${String(number % 10_000).padStart(4, '0')} 00`),
    text(0x001021b0, 'LT', `${given} ${family} reports cough since two weeks`),
  ];
}

function acquisition({ studyDate }: Person, instance: number): Uint8Array[] {
  const contributor = encodeItem(
    [
      text(0x00080070, 'LO', 'AIRLOCK SYNTHETIC'),
      text(0x00080080, 'LO', 'St. Nirgendwo Imaginary Infirmary'),
      text(0x00081070, 'PN', 'Nestedname^Waldemarine'),
      text(0x0018a002, 'DT', `${studyDate}104300`),
      encodeSequence(0x0040a170, [code('109103', 'DCM', 'Modifying Equipment')], form),
    ],
    form,
  );
  return [
    text(0x00180015, 'CS', 'CHEST'),
    text(0x00180050, 'DS', '1.0'),
    text(0x00180060, 'DS', '120'),
    text(0x00181000, 'LO', 'SN-000-FICTION'),
    text(0x00181020, 'LO', '1.0'),
    text(0x00181030, 'LO', 'Thorax routine'),
    text(0x00181100, 'DS', '350'),
    text(0x00181120, 'DS', '0'),
    text(0x00181130, 'DS', '145.5'),
    text(0x00181150, 'IS', '500'),
    text(0x00181151, 'IS', String(200 + (instance % 40))),
    text(0x00181210, 'SH', 'B30f'),
    text(0x00185100, 'CS', 'HFS'),
    encodeSequence(0x0018a001, [contributor], form),
  ];
}

function relation({ seed, series, instance }: { seed: string; series: number; instance: number }): Uint8Array[] {
  return [
    text(0x0020000d, 'UI', uidOf(`${seed}/study`)),
    text(0x0020000e, 'UI', uidOf(`${seed}/${series}`)),
    text(0x00200010, 'SH', 'STUDY-FICT'),
    text(0x00200011, 'IS', String(series)),
    text(0x00200012, 'IS', '1'),
    text(0x00200013, 'IS', String(instance)),
    text(0x00200032, 'DS', `-175\\-175\\${-100 + instance}`),
    text(0x00200037, 'DS', '1\\0\\0\\0\\1\\0'),
    text(0x00200052, 'UI', uidOf(`${seed}/frame`)),
    text(0x00201040, 'LO', ''),
    text(0x00201041, 'DS', String(-100 + instance)),
  ];
}

function image({ rows, columns }: { rows: number; columns: number }): Uint8Array[] {
  return [
    short(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    short(0x00280010, rows),
    short(0x00280011, columns),
    text(0x00280030, 'DS', '0.68359375\\0.68359375'),
    short(0x00280100, 16),
    short(0x00280101, 12),
    short(0x00280102, 11),
    short(0x00280103, 0),
    text(0x00281050, 'DS', '40'),
    text(0x00281051, 'DS', '400'),
    text(0x00281052, 'DS', '-1024'),
    text(0x00281053, 'DS', '1'),
    text(0x00281054, 'LO', 'HU'),
    text(0x00290010, 'LO', 'FICTIONAL SCANNERS 1.0'),
    text(0x00291008, 'LO', 'OPERATOR Supposewicz'),
  ];
}

function request({ accession, studyDate }: Person): Uint8Array[] {
  const attributes = encodeItem(
    [
      text(0x00321060, 'LO', 'CT thorax for Dr. Makebelief'),
      text(0x00400007, 'LO', 'CT thorax, ward Cloudcuckoo'),
      text(0x00400009, 'SH', `SPS${accession.slice(-6)}`),
      text(0x00401001, 'SH', `RP${accession.slice(-6)}`),
    ],
    form,
  );
  return [
    text(0x00321032, 'PN', 'Makebelief^Ursuline^^Dr.'),
    text(0x00400244, 'DA', studyDate),
    text(0x00400245, 'TM', '104201.000000'),
    text(0x00400253, 'SH', `PPS${accession.slice(-6)}`),
    encodeSequence(0x00400275, [attributes], form),
  ];
}
