import type { Answer, Site } from '../call.ts';

/** One URI a line, as the import service ends them. */
export const uriList = (uris: string[], { faults }: Pick<Site, 'faults'>, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': 'text/uri-list;charset=UTF-8' },
  body: uris.map((uri) => `${uri}${faults.get().crlfAnswers ? '\r\n' : '\n'}`).join(''),
});
