/**
 * Why a whole submission is held or rejected: rules over the set of its files. Those about files name their codes
 * beside.
 */
export const reviewReasons = {
  MixedPatients: {
    meaning: 'Several patients would share one subject label',
    action: 'Send each patient by itself, or all without a label',
  },
  MixedStudies: {
    meaning: 'Several studies would share one session label',
    action: 'Send each study by itself, or all without a label of the session',
  },
  FilesHeld: {
    meaning: 'The project holds a submission when one of its files is held',
    action: 'The codes beside this one say why it is',
  },
  FilesRefused: {
    meaning: 'The project does not go on when one of the files is refused',
    action: 'Mend or leave out what the codes beside this one name, and send it again',
  },
  NothingToArchive: { meaning: 'No file can be archived', action: 'The codes beside this one say why' },
} as const;
export type ReviewReason = keyof typeof reviewReasons;
