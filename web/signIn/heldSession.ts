import * as z from 'zod';

/** The tokens of the person who is signed in. */
export const Session = z.object({
  accessToken: z.string().min(1),
  refreshToken: z.string().optional(),
  /** What the issuer wants to see again when the person signs out. */
  idToken: z.string().optional(),
});
export type Session = z.infer<typeof Session>;

const key = 'airlock.session';

/** Tokens live in this tab alone and end with it: sessionStorage survives a reload and is shared with no other tab. */
export const heldSession = {
  read: (): Session | undefined => readJson(key, Session),
  keep: (session: Session) => sessionStorage.setItem(key, JSON.stringify(session)),
  forget: () => sessionStorage.removeItem(key),
};

/** What must come back from the issuer unchanged, kept while the person is away at the sign-in page. */
const SignInAttempt = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  /** Fragment of the address to return to. */
  hash: z.string(),
  /** True in a window that was opened for the sign-in alone. */
  isWindow: z.boolean(),
});
type SignInAttempt = z.infer<typeof SignInAttempt>;

const attemptKey = 'airlock.signIn';

export const heldAttempt = {
  keep: (attempt: SignInAttempt) => sessionStorage.setItem(attemptKey, JSON.stringify(attempt)),
  /** An attempt is good for one return. */
  take: (): SignInAttempt | undefined => {
    const attempt = readJson(attemptKey, SignInAttempt);
    sessionStorage.removeItem(attemptKey);
    return attempt;
  },
};

function readJson<T>(name: string, schema: z.ZodType<T>): T | undefined {
  const text = sessionStorage.getItem(name);
  return text === null ? undefined : schema.safeParse(JSON.parse(text)).data;
}
