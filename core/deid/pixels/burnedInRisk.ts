const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

/** Classes and modalities of cameras, scopes and scanners whose pictures show names and dates by habit. */
const cameraClasses = new Set([
  '1.2.840.10008.5.1.4.1.1.3',
  '1.2.840.10008.5.1.4.1.1.3.1',
  '1.2.840.10008.5.1.4.1.1.6',
  '1.2.840.10008.5.1.4.1.1.6.1',
  '1.2.840.10008.5.1.4.1.1.6.2',
]);
const cameraModalities = new Set(['US', 'IVUS', 'ES', 'XC', 'GM', 'DMS', 'OT', 'DOC']);

/** What vendors write into Image Type of pictures of screens and of dose pages. */
const screenTypes =
  /^(?:SCREEN ?SAVE|SCREENSHOT|SECONDARY CAPTURE|DOSE_INFO|DOSE REPORT|DOSE|PROTOCOL|PASTED|REPORT|VOLREN)$/;

const tags = {
  sopClass: 0x00080016,
  modality: 0x00080060,
  conversionType: 0x00080064,
  manufacturer: 0x00080070,
  seriesDescription: 0x0008103e,
  model: 0x00081090,
  imageType: 0x00080008,
  burnedIn: 0x00280301,
  labelInImage: 0x00480010,
} as const;

/** Date, maker, model and software of a secondary capture (PS3.3 §C.8.6.1): no scanner has made such an image. */
const captureTags = [0x00181012, 0x00181016, 0x00181018, 0x00181019];
/** Digitized film, video and screens, and drawings (PS3.3 §C.8.6.1.1.1). */
const captured = /^(?:DV|DI|DF|WSD|SD|SI|DRW|SYN)$/;

/**
 * Devices and programs whose images are known to show names, as users have reported them to the RSNA's CTP and to
 * pydicom's deid: every sign of a row must be found. Ultrasound is not here: it is a risk whatever the device.
 */
const devices: Array<Array<[tag: number, sign: RegExp]>> = [
  [[tags.seriesDescription, /SAVE|SCREEN|DOSE (?:REPORT|INFO)|AW ELECTRONIC FILM|AVA REPORT|MEDRAD/i]],
  [[tags.manufacturer, /VITAL IMAGES|VITREA|MEDRAD|CODONICS|TERARECON|ADAC/i]],
  [
    [tags.manufacturer, /SIEMENS|TOSHIBA|CANON MEDICAL/i],
    [tags.imageType, /SECONDARY/],
    [tags.seriesDescription, /DOSE|PROTOCOL/i],
  ],
  [
    [tags.manufacturer, /PHILIPS/i],
    [tags.imageType, /DOSE/],
  ],
  [
    [tags.manufacturer, /CANON/i],
    [tags.model, /CXDI/i],
  ],
  [
    [tags.manufacturer, /PHILIPS/i],
    [tags.model, /GEMINI/i],
    [tags.imageType, /SECONDARY/],
  ],
];

/**
 * The element that makes burned-in names or dates likely; undefined when none does. Without a rule that blacks them out
 * such a file needs a person. Only cameras and scopes may clear themselves by Burned In Annotation: their class alone
 * says little.
 * @param text reads a top-level element
 */
export function burnedInRisk(sopClass: string, text: (tag: number) => string | undefined): number | undefined {
  if (text(tags.burnedIn) === 'YES') return tags.burnedIn;
  if (sopClass === secondaryCapture || sopClass.startsWith(`${secondaryCapture}.`)) return tags.sopClass;
  if ((text(tags.imageType) ?? '').split('\\').some((each) => screenTypes.test(each.trim()))) return tags.imageType;
  const byLabel = riskOfLabel(text);
  if (byLabel !== undefined) return byLabel;
  const byCapture = captureTags.find((tag) => text(tag) !== undefined);
  if (byCapture !== undefined) return byCapture;
  if (captured.test(text(tags.conversionType) ?? '')) return tags.conversionType;
  return riskOfDevice(text) ?? riskOfCamera(sopClass, text);
}

/** Whole slides: names stand on their labels, and overviews show the label unless they say that they do not. */
function riskOfLabel(text: (tag: number) => string | undefined): number | undefined {
  const shown = text(tags.labelInImage);
  if (shown === 'YES') return tags.labelInImage;
  const types = (text(tags.imageType) ?? '').split('\\').map((each) => each.trim());
  return types.includes('LABEL') || (types.includes('OVERVIEW') && shown !== 'NO') ? tags.imageType : undefined;
}

function riskOfDevice(text: (tag: number) => string | undefined): number | undefined {
  const device = devices.find((signs) => signs.every(([tag, sign]) => sign.test(text(tag) ?? '')));
  return device?.[0]?.[0];
}

function riskOfCamera(sopClass: string, text: (tag: number) => string | undefined): number | undefined {
  const isCamera = cameraClasses.has(sopClass) || cameraModalities.has(text(tags.modality) ?? '');
  return isCamera && text(tags.burnedIn) !== 'NO' ? tags.burnedIn : undefined;
}
