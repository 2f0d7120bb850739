// The draws that operations and differences are made from.
import fc from "fast-check";
import pg from "pg";

export const drawn = fc.array(fc.nat(65_535), { minLength: 80, maxLength: 400, size: "max" });
export const requests = (count: number): fc.Arbitrary<number[][]> =>
  fc.array(drawn, { minLength: count, maxLength: count });

/** The log's table is away for a while, as the gateway's own role and connection see it. */
export async function withoutTable(superuser: string, during: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: superuser });
  await client.connect();
  try {
    await client.query("ALTER TABLE access_leaf RENAME TO away");
    await during();
  } finally {
    await client.query("ALTER TABLE away RENAME TO access_leaf");
    await client.end();
  }
}
