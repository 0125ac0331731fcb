/** Why a whole submission is held or rejected: rules over the set of its files. */
export const reviewReasons = {
  MixedPatients: 'Several patients would share one subject label',
  MixedStudies: 'Several studies would share one session label',
  FilesHeld: 'The project holds a submission when one of its files is held',
  FilesRefused: 'The project does not go on when one of the files is refused',
  NothingToArchive: 'No file can be archived',
} as const;
export type ReviewReason = keyof typeof reviewReasons;
