interface Props {
  /** From 0 to 100. */
  value: number
  size?: number
  /** What it says to whoever does not see it. */
  label: string
}

/** A score as an arc: red to green would judge a lead, so it is one colour that fills. */
export function Ring({ value, size = 28, label }: Props) {
  const width = Math.max(3, size / 12)
  const radius = (size - width) / 2
  const length = 2 * Math.PI * radius
  const colour = value >= 61 ? 'var(--good)' : value >= 21 ? 'var(--accent)' : 'var(--soft)'
  return (
    <svg width={size} height={size} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <circle cx={size / 2} cy={size / 2} r={radius} fill="none" stroke="var(--fill)" strokeWidth={width} />
      <circle
        cx={size / 2}
        cy={size / 2}
        r={radius}
        fill="none"
        stroke={colour}
        strokeWidth={width}
        strokeLinecap="round"
        strokeDasharray={`${(length * value) / 100} ${length}`}
        transform={`rotate(-90 ${size / 2} ${size / 2})`}
        style={{ transition: 'stroke-dasharray 400ms ease' }}
        opacity={value > 0 ? 1 : 0}
      />
      <text x="50%" y="50%" dy="0.35em" textAnchor="middle" fontSize={size * 0.36} fontWeight={700} fill="var(--ink)">
        {value}
      </text>
    </svg>
  )
}
