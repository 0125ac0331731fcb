import type { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';

/** What ProjectPolicy makes of a project on this computer that says nothing, written out: schemas take long to load. */
export const localPolicy: ProjectPolicy = {
  project: 'LOCAL',
  xnatProject: 'LOCAL',
  sites: ['local'],
  onRefusedFile: 'continue',
  onHeldFile: 'continue',
  onMixedSession: 'hold',
  findings: {},
  resources: [],
  fields: {},
  delivery: { route: 'archive', commit: false, onConflict: [], confirm: 'listed', paused: false, restSeconds: 10 },
  deid: {
    dates: 'shift',
    retainUids: false,
    retainPatientCharacteristics: false,
    retainDeviceIdentity: false,
    retainInstitutionIdentity: false,
    retainSafePrivate: false,
    cleanDescriptors: false,
    descriptorWords: [],
    cleanStructuredContent: false,
    cleanGraphics: false,
    cleanPixels: [],
  },
};
