import { archiveContract } from './archive.ts';
import { archiveFieldsContract } from './archiveFields.ts';
import { archiveLabelsContract } from './archiveLabels.ts';
import { archiveResourcesContract } from './archiveResources.ts';
import { openSite } from './openSite.ts';

const { AIRLOCK_XNAT_URL: url, AIRLOCK_XNAT_USERNAME: username, AIRLOCK_XNAT_PASSWORD: password } = process.env;
if (url === undefined || username === undefined || password === undefined) {
  throw new Error(
    'Set AIRLOCK_XNAT_URL, AIRLOCK_XNAT_USERNAME and AIRLOCK_XNAT_PASSWORD of an account that may create projects',
  );
}

const name = `the XNAT at ${new URL(url).host}`;
const open = () => openSite({ url, username, password });
archiveContract(name, open);
archiveResourcesContract(name, open);
archiveLabelsContract(name, open);
archiveFieldsContract(name, open);
