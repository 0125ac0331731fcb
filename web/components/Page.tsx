import type { ReactNode } from 'react';

/** The frame of the page: who we are, and the way out. */
export function Page({ signOut, children }: { signOut?: () => void; children: ReactNode }) {
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="masthead">
        <p className="brand">
          <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
            <circle cx="16" cy="16" r="12" />
            <path d="M16 9.5v13M10.5 17l5.5 5.5 5.5-5.5" />
          </svg>
          XNAT Airlock
        </p>
        {signOut !== undefined && (
          <button type="button" className="quiet" onClick={signOut}>
            Sign out
          </button>
        )}
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
