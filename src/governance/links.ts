// One-time links into the console, for trying and developing alone: who starts the demo has no sign-in service of staff.
// What stands in a link is in no table, only its hash, and no server's log sees it: it is behind the `#`.
import { createHash, randomBytes } from "node:crypto";
import type { DataSource } from "../store/index.js";

/** Milliseconds that a link can be used in. */
const linkTime = 3_600_000;

export class StaffLinks {
  readonly #dataSource: DataSource;
  readonly #now: () => Date;

  /** @param dataSource as the role `gateway` */
  constructor(dataSource: DataSource, now: () => Date = () => new Date()) {
    this.#dataSource = dataSource;
    this.#now = now;
  }

  /** What stands in the link: 43 characters, once, for an hour. */
  async make(email: string): Promise<string> {
    const secret = randomBytes(32);
    const now = this.#now();
    await this.#dataSource.query("DELETE FROM staff_link WHERE until <= $1", [now]);
    await this.#dataSource.query("INSERT INTO staff_link (id_hash, email, until) VALUES ($1, $2, $3)", [
      hashOf(secret),
      email,
      new Date(now.getTime() + linkTime),
    ]);
    return secret.toString("base64url");
  }

  /** Whose link it is; null where it is none, was used, or is too old. Two at once: one of them has it. */
  async use(text: string): Promise<string | null> {
    if (!/^[A-Za-z0-9_-]{43}$/.test(text)) return null;
    // TypeORM gives a DELETE's rows and their number.
    const [rows] = await this.#dataSource.query<[readonly { readonly email: string; readonly until: Date }[], number]>(
      "DELETE FROM staff_link WHERE id_hash = $1 RETURNING email, until",
      [hashOf(Buffer.from(text, "base64url"))],
    );
    const [link] = rows;
    return link === undefined || link.until <= this.#now() ? null : link.email;
  }
}

const hashOf = (secret: Uint8Array): Buffer => createHash("sha256").update(secret).digest();
