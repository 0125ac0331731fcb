import { deidentify } from '../../core/deid/deidentify.ts';
import { examineDicom } from '../../core/deid/examineDicom.ts';
import { synthesizeCtSlice } from '../../core/dicom/synthesizeCt.ts';
import { chunked, labels, nodeCodecs, policyWith, projectKey } from '../fixtures/deidContext.ts';

/** Slices a second on one core, in memory, in chunks as S3 gives them: `node test/bench/deidentify.ts`. */
const slices = Array.from({ length: 300 }, (_, i) => synthesizeCtSlice({ seed: 'bench', series: 1, instance: i + 1 }));
const context = { codecs: nodeCodecs, key: projectKey, policy: policyWith(), labels };

for (let round = 1; round <= 8; round += 1) {
  const deidentified = await rateOf(async (slice) => {
    const { output } = await deidentify(chunked(slice, 65_536), context);
    for await (const chunk of output) if (chunk.length === 0) throw new Error('Cannot measure: a chunk is empty');
  });
  const examined = await rateOf((slice) => examineDicom(chunked(slice, 65_536), context));
  console.log(`round ${round}: ${deidentified} files/s de-identified, ${examined} files/s examined (with SHA-256)`);
}

async function rateOf(each: (slice: Uint8Array) => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (const slice of slices) await each(slice);
  const { user, system } = process.cpuUsage(before);
  return Math.round(slices.length / ((user + system) / 1e6));
}
