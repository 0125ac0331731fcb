/** Read out politely when its text changes; seen by nobody. */
export function LiveStatus({ text }: { text: string }) {
  return (
    <p role="status" className="unseen">
      {text}
    </p>
  );
}
