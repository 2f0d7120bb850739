// Where our own tables lie: DATABASE_URL and its companions, or the embedded server.
import { join } from "node:path";
import type { StoreLocation } from "../store/index.js";
import { isPostgresAddress } from "./source-postgres.js";

export function readStore(
  home: string,
  given: (name: string) => string | null,
  refuse: (message: string) => void,
): StoreLocation {
  const addresses = { gateway: "DATABASE_URL", owner: "DATABASE_OWNER_URL", keeper: "DATABASE_KEEPER_URL" };
  for (const name of Object.values(addresses)) {
    const url = given(name);
    // The address is not repeated: it may hold a password.
    if (url !== null && !isPostgresAddress(url)) refuse(`${name} must be a postgres:// address`);
    if (url !== null && given("DATABASE_URL") === null) refuse(`${name} is set, but DATABASE_URL is not`);
  }
  const gateway = given(addresses.gateway);
  if (gateway === null) return { kind: "embedded", dir: join(home, ".passerelle", "db"), durable: true };
  const owner = given(addresses.owner) ?? gateway;
  const keeper = given(addresses.keeper) ?? gateway;
  return { kind: "server", gateway, owner, keeper };
}
