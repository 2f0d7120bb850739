// Our own PostgreSQL: embedded for trying, developing and testing, a real server by DATABASE_URL.
import type { DataSource, EntitySchema } from "typeorm";

/** Connection strings of the three database roles: owner migrates, gateway serves, keeper keeps retention and erases. */
export interface StoreAddresses {
  readonly owner: string;
  readonly gateway: string;
  readonly keeper: string;
}

export type StoreLocation =
  | { readonly kind: "embedded"; readonly dir: string; readonly durable: boolean }
  | ({ readonly kind: "server" } & StoreAddresses);

export interface StoreOptions {
  readonly location: StoreLocation;
  /** TypeORM entities of the rooms above. */
  readonly entities: readonly (EntitySchema | (new () => object))[];
  /** Progress, one line each, for a terminal. */
  readonly report: (line: string) => void;
}

export interface Store {
  /** As the role `gateway`. */
  readonly gateway: DataSource;
  /** As the role `keeper`. */
  readonly keeper: DataSource;
  readonly addresses: StoreAddresses;
  /** Address of a superuser of the embedded server (demo and tests make databases there); null on a real server. */
  readonly superuser: string | null;
  /** Where the embedded server's data lies; null on a real server. */
  readonly folder: string | null;
  close(): Promise<void>;
}
