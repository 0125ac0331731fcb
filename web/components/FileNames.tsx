/** Enough to see what kind of files they are. */
const shownNames = 200;

export function FileNames({ title, names }: { title: string; names: readonly string[] }) {
  return (
    <details>
      <summary>{title}</summary>
      <ul className="fileNames">
        {names.slice(0, shownNames).map((name) => (
          <li key={name}>
            <bdi>{name}</bdi>
          </li>
        ))}
        {names.length > shownNames && <li>and {names.length - shownNames} more</li>}
      </ul>
    </details>
  );
}
