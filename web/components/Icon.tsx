const paths = {
  check: 'M4 12.5l5 5L20 6.5',
  back: 'M19 12H5M11 6l-6 6 6 6',
};

/** A drawn sign beside words that say the same. */
export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
