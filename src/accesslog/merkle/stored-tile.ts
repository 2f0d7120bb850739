import type { Queryable } from "../append-connection.js";
import type { TileId } from "./tiles.js";

/** The first `width` hashes of a tile; null where there are not so many. */
export async function storedTile(
  on: Pick<Queryable, "query">,
  tenant: string,
  { level, index, width }: TileId,
): Promise<Buffer | null> {
  const { rows } = await on.query<{ data: Buffer }>(
    "SELECT substring(data FROM 1 FOR $4) AS data FROM log_tile WHERE tenant = $1 AND level = $2 AND index = $3",
    [tenant, level, index, width * 32],
  );
  const data = rows[0]?.data;
  return data?.length === width * 32 ? data : null;
}
