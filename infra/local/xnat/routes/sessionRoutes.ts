import type { IncomingMessage } from 'node:http';
import { type Answer, type Route, type Site, text } from '../call.ts';
import { sessionCookie } from '../signIn.ts';

const FORM_BYTES = 16 * 1024;

const begin: Route = ({ session, query }) =>
  text(query.get('CSRF') === 'true' ? `${session.id}; XNAT_CSRF=${session.csrf}` : session.id);

const end: Route = ({ session }, { logins }) => {
  logins.end(session.id);
  return text('');
};

/** JSESSION: the session as a text; signing in has made it already. */
export const sessionRoutes = { JSESSION: { GET: begin, POST: begin, DELETE: end } } satisfies Record<
  string,
  Record<string, Route>
>;

/** PUT or POST services/auth: a login by form, the one route that needs none before. */
export async function logInByForm(request: IncomingMessage, { logins }: Site): Promise<Answer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    sizeBytes += chunk.length;
    if (sizeBytes > FORM_BYTES) return text('The form is too large', 413);
    chunks.push(chunk);
  }
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const user = logins.authenticate(form.get('username') ?? '', form.get('password') ?? '');
  if (user === undefined) return text('Bad credentials', 401);
  const session = logins.begin(user);
  const answer = text(session.id);
  return { ...answer, headers: { ...answer.headers, 'Set-Cookie': sessionCookie(session) } };
}
