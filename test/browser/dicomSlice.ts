interface Slice {
  patient: string;
  study: string;
  series: string;
  instance: number;
  seriesNumber?: number;
}

const side = 64;

/** A CT slice in Explicit VR Little Endian (PS3.10 §7.1): header of a made-up person, 64 by 64 pixels of a ramp. */
export function dicomSlice({ patient, study, series, instance, seriesNumber = 1 }: Slice): Uint8Array {
  const uid = `${series}.${instance}`;
  const ctImage = '1.2.840.10008.5.1.4.1.1.2';
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', ctImage),
    element(0x0002, 0x0003, 'UI', uid),
    element(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1'),
    element(0x0002, 0x0012, 'UI', '1.2.826.0.1.3680043.10.1'),
  ]);
  const pixels = Buffer.alloc(side * side * 2);
  for (let at = 0; at < side * side; at += 1) pixels.writeUInt16LE((at * instance) % 4096, at * 2);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0000, 'UL', uint32(meta.length)),
    meta,
    element(0x0008, 0x0008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    element(0x0008, 0x0016, 'UI', ctImage),
    element(0x0008, 0x0018, 'UI', uid),
    element(0x0008, 0x0020, 'DA', '20250314'),
    element(0x0008, 0x0030, 'TM', '101500'),
    element(0x0008, 0x0060, 'CS', 'CT'),
    element(0x0008, 0x0070, 'LO', 'Phantom Works'),
    element(0x0010, 0x0010, 'PN', `Muster^${patient}`),
    element(0x0010, 0x0020, 'LO', patient),
    element(0x0010, 0x0030, 'DA', '19700101'),
    element(0x0010, 0x0040, 'CS', 'O'),
    element(0x0020, 0x000d, 'UI', study),
    element(0x0020, 0x000e, 'UI', series),
    element(0x0020, 0x0010, 'SH', '1'),
    element(0x0020, 0x0011, 'IS', String(seriesNumber)),
    element(0x0020, 0x0013, 'IS', String(instance)),
    element(0x0028, 0x0002, 'US', uint16(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', uint16(side)),
    element(0x0028, 0x0011, 'US', uint16(side)),
    element(0x0028, 0x0100, 'US', uint16(16)),
    element(0x0028, 0x0101, 'US', uint16(12)),
    element(0x0028, 0x0102, 'US', uint16(11)),
    element(0x0028, 0x0103, 'US', uint16(0)),
    element(0x7fe0, 0x0010, 'OW', pixels),
  ]);
}

function element(group: number, number: number, vr: string, value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const padded =
    bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ')]);
  const tag = Buffer.concat([uint16(group), uint16(number), Buffer.from(vr)]);
  const length = ['OB', 'OW'].includes(vr) ? [uint16(0), uint32(padded.length)] : [uint16(padded.length)];
  return Buffer.concat([tag, ...length, padded]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
