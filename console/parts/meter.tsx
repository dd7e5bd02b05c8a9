interface Props {
  /** What it says, in words. */
  label: string;
  parts: readonly { kind: string; value: number }[];
  total: number;
}

/** A bar of parts of a whole. */
export function Meter({ label, parts, total }: Props) {
  return (
    <span class="meter" role="img" aria-label={label}>
      {parts.map(({ kind, value }) => (
        <span
          key={kind}
          class={`part part-${kind}`}
          style={{ width: `${total > 0 ? Math.min(100, (value / total) * 100) : 0}%` }}
        />
      ))}
    </span>
  );
}
