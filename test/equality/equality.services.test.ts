// The planned executor cannot be told from graphql-js's `execute`, all fields being shared.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRivemont } from "../../src/demo/index.js";
import { startEmbedded } from "../../src/store/embedded-postgres.js";
import { smallDatabases, smallSchema } from "../gateway/small-town.js";
import {
  compareMany,
  everyTrait,
  openTown,
  rivemontSchema,
  type Comparison,
  type ComparedTown,
} from "./same-answers.js";

const seed = Number(process.env["EQUALITY_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const factor = Number(process.env["EQUALITY_FACTOR"] ?? 1);

function told(name: string, { thrownAway, operations, seen }: Comparison): void {
  const counts = [...seen].map(([trait, count]) => `${trait} ${count}`).join(", ");
  process.stdout.write(`${name}: ${operations} operations, seed ${seed}, ${thrownAway} thrown away; ${counts}\n`);
}

describe("a small town, with nulls, equal cells and links that lead nowhere", () => {
  let town: ComparedTown;
  // A link to one row that meets several, and what C orders otherwise than JavaScript.
  const schema = smallSchema.replace(
    "  people: [Person!]",
    `  someone: Person @link(from: ["code"], to: ["house_id"])\n  people: [Person!]`,
  );
  const databases = {
    people: `${smallDatabases.people}
      INSERT INTO house VALUES ('d', 'Rue des Lilas'), ('é', ''), ('E', NULL);
      INSERT INTO person SELECT 100 + i, (ARRAY['Aline', 'Zoé', 'zoé', '𝔸ude', E'\\uFFEE', '', NULL])[1 + i % 7],
        date '1980-01-01' + (i % 4), CASE WHEN i % 3 > 0 THEN 'x' || i % 2 END, (i % 5) / 2.0, NULL, i % 2 = 0,
        (ARRAY['a', 'd', NULL, 'é'])[1 + i % 4] FROM generate_series(1, 40) AS i;`,
    money: `${smallDatabases.money}
      INSERT INTO account SELECT 100 + i, i % 3, 95 + i % 20 FROM generate_series(1, 60) AS i;`,
  };
  beforeAll(async () => {
    town = await openTown(schema, databases);
  });
  afterAll(() => town.gateway.close());

  it("answers 300 random operations as graphql-js does", async () => {
    told("small town", await compareMany(town, 300 * factor, seed));
  });
});

describe("Rivemont", () => {
  let town: ComparedTown;
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    // A server of its own: the demo's tests build its databases anew on the shared one.
    const dir = mkdtempSync(join(tmpdir(), "passerelle-equality-"));
    chmodSync(dir, 0o755);
    const server = await startEmbedded({ dir, durable: false, maxConnections: 100 });
    stop = async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    };
    const { databases } = await buildRivemont({ superuserUrl: server.url, report: () => undefined });
    const [families = "", education = ""] = ["families", "education"].map((name) => databases.get(`rivemont_${name}`));
    town = await openTown(rivemontSchema(), {}, { families, education, territory: education });
  }, 180_000);
  afterAll(async () => {
    await town.gateway.close();
    await stop();
  });

  it("answers 1,000 random operations as graphql-js does", async () => {
    const comparison = await compareMany(town, 1_000 * factor, seed);
    told("Rivemont", comparison);
    expect(everyTrait.filter((trait) => (comparison.seen.get(trait) ?? 0) < 5)).toEqual([]);
    expect(comparison.thrownAway).toBeLessThan(50);
  }, 600_000);
});
