interface Refusal extends Error {
  status: number;
}

/** An answer other than success, thrown from where it is found; the server turns it into status and text. */
export function refusal(status: number, text: string): Refusal {
  return Object.assign(new Error(text), { status });
}

export const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error && 'status' in error && typeof error.status === 'number';
