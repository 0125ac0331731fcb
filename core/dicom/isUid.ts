/** True for what has the characters and the length of a UID (PS3.5 §9.1): its components may be malformed. */
export const isUid = (text: string | undefined): text is string => text !== undefined && /^[0-9.]{1,64}$/.test(text);
