import { expect, test } from 'vitest';
import { putOverHttp } from '../../../../clients/cli/session/putOverHttp.ts';
import { requireSafe } from '../../../../clients/cli/session/requireSafe.ts';

test.each(['https://example.org/a', 'http://127.0.0.1:1/a', 'http://localhost:1/a', 'http://[::1]:1/a'])(
  'lets %s pass',
  (address) => expect(() => requireSafe(address)).not.toThrow(),
);

test.each(['http://example.org/a?secret=1', 'http://127.0.0.1.example.org/', 'ftp://example.org/', 'here'])(
  'refuses %s without quoting more than its origin',
  (address) => {
    expect(() => requireSafe(address)).toThrow(expect.objectContaining({ exit: 'configuration' }));
    expect(() => requireSafe(address)).not.toThrow(/secret/);
  },
);

test('sends no patient data to a plain address, whoever signed it', async () => {
  const body = new Uint8Array(1);
  await expect(putOverHttp('http://192.0.2.1/part', { method: 'PUT', headers: {}, body })).rejects.toMatchObject({
    exit: 'configuration',
  });
});
