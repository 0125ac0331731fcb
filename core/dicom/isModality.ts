/** Defined terms of Modality (PS3.3 §C.7.3.1.1.1), with the retired ones. */
const modalities = new Set(
  `AR ASMT AU BDUS BI BMD CFM CR CT CTPROTOCOL DMS DG DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL IVOCT IVUS KER KO
  LEN LS M3D MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE
  RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG US VA XA XAPROTOCOL XC
  AS CD CF CP CS DD DF DM DS EC FA FS LP MA MS OPR ST TH VF VM`.split(/\s+/),
);

/** True for a term that the standard defines: no other text may pass as one. */
export const isModality = (text: string): boolean => modalities.has(text);
