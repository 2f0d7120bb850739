import DataLoader from "dataloader";
import { accountsOfResidents, householdsById, type AccountRow, type Databases, type HouseholdRow } from "./database.js";

export interface Context {
  readonly databases: Databases;
  readonly households: DataLoader<number, HouseholdRow | null>;
  readonly accounts: DataLoader<number, readonly AccountRow[]>;
}

/** New for each request, as DataLoader's documentation asks. */
export function contextFor(databases: Databases): Context {
  return {
    databases,
    households: new DataLoader(async (ids) => {
      const rows = new Map((await householdsById(databases, ids)).map((row) => [row.id, row]));
      return ids.map((id) => rows.get(id) ?? null);
    }),
    accounts: new DataLoader(async (residents) => {
      const rows = Map.groupBy(await accountsOfResidents(databases, residents), (row) => row.resident_id);
      return residents.map((resident) => rows.get(resident) ?? []);
    }),
  };
}
