/** Query parameters that steer a request rather than set a field. */
const controls = new Set([
  'xsiType',
  'format',
  'label',
  'XNAT_CSRF',
  'pullDataFromHeaders',
  'fixScanTypes',
  'triggerPipelines',
  'activate',
  'quarantine',
  'allowDataDeletion',
  'event_reason',
  'event_type',
  'event_action',
  'event_comment',
  'event_id',
  'src',
  'inbody',
]);

/** Other names XNAT takes for a field. */
const shortcuts: Record<string, string> = { studyInstanceUID: 'UID' };

/**
 * Fields a PUT sets: short names (`date`) or full XML paths (`xnat:ctSessionData/date`), kept by the path without its
 * type. `NULL` takes a value away, as in XNAT. IDs are not settable.
 */
export function fieldsOf(query: URLSearchParams): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [key, value] of query) {
    if (controls.has(key)) continue;
    const path = key.includes('/') ? key.slice(key.indexOf('/') + 1) : key;
    const name = shortcuts[path] ?? path;
    if (name !== 'ID' && name !== 'label' && name !== 'subject_ID')
      fields[name] = value.toUpperCase() === 'NULL' ? '' : value;
  }
  return fields;
}
