const MINUTES = { minutes: 1, hours: 60, days: 1440 } as const;
type Unit = keyof typeof MINUTES;

/** A length of time as Cognito keeps it, such as "30 minutes", "12 hours" or "30 days". */
export type Duration = `${number} ${Unit}`;

export const DURATION_UNITS = Object.keys(MINUTES) as readonly Unit[];
const WRITTEN = new RegExp(`^[1-9]\\d* (?:${DURATION_UNITS.join("|")})$`);

/** Whole and positive, as Cognito takes it. */
export function isDuration(value: unknown): value is Duration {
  return typeof value === "string" && WRITTEN.test(value);
}

/** @returns the number and the unit, for Cognito's two separate settings */
export function partsOf(duration: Duration): { readonly value: number; readonly unit: Unit } {
  const [value, unit] = duration.split(" ") as [string, Unit];
  return { value: Number(value), unit };
}

/** The length in minutes. */
export function minutesOf(duration: Duration): number {
  const { value, unit } = partsOf(duration);
  return value * MINUTES[unit];
}
