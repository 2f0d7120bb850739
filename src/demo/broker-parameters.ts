// What every operation of the broker reads of its parameters, and how it refuses them.

/** Entities of one page. */
export const mostPerPage = 1_000;

/** What a caller did wrong, by the specification's error types (section 5.5.2). */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly title: string,
  ) {
    super(title);
  }
}

export function whole(text: string | null, usual: number, most: number): number {
  const number = text === null ? usual : /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(number <= most)) throw new Refusal(400, "BadRequestData", "A number is out of its bounds.");
  return number;
}

export const listOf = (text: string | null): ReadonlySet<string> | null =>
  text === null ? null : new Set(text.split(","));
