const again = 'Export the file again from its source';
const ask = 'Export the file again from its source; if it stays, ask the administrator: the file is unusual';

/** Every way in which bytes are no readable DICOM file, by code: what it means, and what the site does about it. */
export const dicomFaults = {
  NotDicom: { meaning: 'The bytes are not DICOM', advice: 'Exclude the file' },
  DicomTruncated: { meaning: 'The file ends before its data', advice: `Copy it again, or: ${again.toLowerCase()}` },
  DicomPixelsTooShort: { meaning: 'Pixel Data is shorter than the image', advice: again },
  DicomTransferSyntaxMissing: { meaning: 'Nothing says how the data set is written', advice: again },
  DicomVrInvalid: { meaning: 'An element has no valid value representation', advice: again },
  DicomOverrun: { meaning: 'An element, item or fragment passes the end of what holds it', advice: again },
  DicomLengthUndefined: { meaning: 'An element without items has no defined length', advice: again },
  DicomDelimiterMisplaced: { meaning: 'An item or a delimiter stands where it may not, or is missing', advice: again },
  DicomElementRepeated: { meaning: 'An element occurs twice at one level', advice: again },
  DicomGap: { meaning: 'The data set goes on after a gap of zeros', advice: again },
  DicomDeflateBroken: { meaning: 'The deflated data set is broken or cut', advice: again },
  DicomMalformed: { meaning: 'The DICOM structure is broken', advice: again },
  DicomTooDeep: { meaning: 'Sequences nest deeper than allowed', advice: ask },
  DicomTooManyElements: { meaning: 'There are more elements than allowed', advice: ask },
  DicomHeadTooLarge: { meaning: 'There is more before Pixel Data than allowed', advice: ask },
  DicomTailTooLarge: { meaning: 'There is more after Pixel Data than allowed', advice: ask },
  DicomValueTooLong: { meaning: 'A new value does not fit the element it replaces', advice: ask },
  DicomTextTooLong: { meaning: 'A text is longer than allowed', advice: ask },
  DicomTooManyNames: { meaning: 'There are more names, UIDs or days than can be kept out of an output', advice: ask },
  DicomInflatesTooFar: { meaning: 'The deflated data set inflates to more than allowed', advice: ask },
} as const satisfies Record<string, { meaning: string; advice: string }>;

export type DicomFaultCode = keyof typeof dicomFaults;
