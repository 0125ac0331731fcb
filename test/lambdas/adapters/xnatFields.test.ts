import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { xnatArchive } from '../../../lambdas/adapters/xnatArchive.ts';
import { targetOf } from '../../contracts/archive.ts';
import { askXnat } from '../../infra/local/xnat/askXnat.ts';
import { openXnat } from '../../infra/local/xnat/openXnat.ts';

let xnat: Awaited<ReturnType<typeof openXnat>>;
let archive: ReturnType<typeof xnatArchive>;
beforeAll(async () => {
  xnat = await openXnat();
  const account = { username: 'airlock', password: 'airlock-password', userAgent: 'xnat-airlock/test' };
  archive = xnatArchive({ url: xnat.url, ...account });
});
afterAll(() => xnat.close());

const itemAt = async (path: string) => JSON.parse((await askXnat(xnat, { path: `${path}?format=json` })).text).items[0];
const subjectOf = (number: number) => `/data/projects/DEMO/subjects/SUBJ_${number}`;

describe('fields of a session', () => {
  test('stand in XNAT as its own clients write and read them', async () => {
    const target = targetOf(1);
    await archive.ensureScan(target);
    const session = await archive.sessionUri(target);
    await archive.writeFields(session, { note: 'n', airlock_site: 's' });
    const { children, data_fields } = await itemAt(session);
    expect(data_fields).toMatchObject({ note: 'n' });
    const custom = children.find(({ field }: { field: string }) => field === 'fields/field');
    expect(custom.items.map((item: { data_fields: unknown }) => item.data_fields)).toEqual([
      { name: 'airlock_site', field: 's' },
    ]);
    const labelled = '/data/projects/DEMO/experiments/SESS_1';
    const path = `${labelled}?xnat:experimentData/fields/field%5Bname%3Dairlock_site%5D/field=other`;
    await askXnat(xnat, { method: 'PUT', path });
    expect(await archive.readFields(session)).toEqual({ note: 'n', airlock_site: 'other' });
    await askXnat(xnat, { method: 'PUT', path: path.replace('other', 'NULL') });
    expect(await archive.readFields(session)).toEqual({ note: 'n' });
  });

  test.each(['a]/field', 'A', 'a/b', '', 'a b', '../x'])('are refused under the name "%s"', async (name) => {
    const target = targetOf(2);
    await archive.ensureScan(target);
    const refused = archive.writeFields(await archive.sessionUri(target), { [name]: 'x' });
    await expect(refused).rejects.toMatchObject({ name: 'XnatRefused' });
  });

  test.each(['/data/projects/DEMO', '/data/experiments/XNAT_E00001/scans/1', '/data/experiments/../projects/DEMO', ''])(
    'are of a session and of nothing else: %s',
    async (address) => {
      await expect(archive.readFields(address)).rejects.toMatchObject({ name: 'XnatRefused' });
    },
  );
});

describe('a session that somebody has made ready', () => {
  test('keeps its visit when a study comes into it', async () => {
    const target = targetOf(3);
    await askXnat(xnat, { method: 'PUT', path: subjectOf(3) });
    const path = `${subjectOf(3)}/experiments/SESS_3`;
    await askXnat(xnat, { method: 'PUT', path: `${path}?xsiType=xnat:ctSessionData&visit=V1&note=ready` });
    await archive.ensureScan(target);
    await archive.writeFields(await archive.sessionUri(target), { airlock_site: 's' });
    const { data_fields } = await itemAt(path);
    expect(data_fields).toMatchObject({ visit: 'V1', note: 'ready', UID: target.session.study });
  });

  test('loses it by a write at the path of its subject, in XNAT', async () => {
    const path = `${subjectOf(4)}/experiments/SESS_4`;
    await askXnat(xnat, { method: 'PUT', path: `${path}?xsiType=xnat:ctSessionData&visit=V1` });
    await askXnat(xnat, { method: 'PUT', path: `${path}?note=x` });
    expect((await itemAt(path)).data_fields).not.toHaveProperty('visit');
  });
});
