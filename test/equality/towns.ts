// The two towns that are asked: one that is small and odd, one that is large.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { buildRivemont } from "../../src/demo/index.js";
import { startEmbedded } from "../../src/store/embedded-postgres.js";
import { smallDatabases, smallSchema } from "../gateway/small-town.js";
import { propertySeed } from "../support/property-seed.js";
import { postgresSchema } from "../support/rivemont.js";
import { compareMany, everyTrait, openTown, type ComparedTown } from "./same-answers.js";

export interface OpenedTown extends ComparedTown {
  close(): Promise<void>;
}

/** Nulls, equal cells, links that lead nowhere, a link to one row that meets several, texts that C orders its own way. */
export async function openSmallTown(): Promise<OpenedTown> {
  const schema = smallSchema.replace(
    "  people: [Person!]",
    `  someone: Person @link(from: ["code"], to: ["house_id"])\n  people: [Person!]`,
  );
  const people = `${smallDatabases.people}
    INSERT INTO house VALUES ('d', 'Rue des Lilas'), ('é', ''), ('E', NULL);
    INSERT INTO person SELECT 100 + i, (ARRAY['Aline', 'Zoé', 'zoé', '𝔸ude', E'\\uFFEE', '', NULL])[1 + i % 7],
      date '1980-01-01' + (i % 4), CASE WHEN i % 3 > 0 THEN 'x' || i % 2 END, (i % 5) / 2.0, NULL, i % 2 = 0,
      (ARRAY['a', 'd', NULL, 'é'])[1 + i % 4] FROM generate_series(1, 40) AS i;`;
  const money = `${smallDatabases.money}
    INSERT INTO account SELECT 100 + i, i % 3, 95 + i % 20 FROM generate_series(1, 60) AS i;`;
  const town = await openTown(schema, { people, money });
  return { ...town, close: () => town.gateway.close() };
}

/** On a server of its own: the demo's tests build its databases anew on the run's server. */
export async function openRivemont(): Promise<OpenedTown> {
  const dir = mkdtempSync(join(tmpdir(), "passerelle-equality-"));
  chmodSync(dir, 0o755);
  const server = await startEmbedded({ dir, durable: false, maxConnections: 100 });
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const { databases } = await buildRivemont({ superuserUrl: server.url, report: () => undefined });
    const [families = "", education = ""] = ["families", "education"].map((name) => databases.get(`rivemont_${name}`));
    // The reference reads tables: what lies in other services is not among them.
    const town = await openTown(postgresSchema(), {}, { families, education, territory: education });
    return {
      ...town,
      close: async () => {
        await town.gateway.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param often how many operations must hold each trait, so that nothing is left out unseen */
export async function expectSameAnswers(town: ComparedTown, operations: number, often: number): Promise<void> {
  const { thrownAway, seen } = await compareMany(town, operations, propertySeed);
  const counts = [...seen].map(([trait, count]) => `${trait} ${count}`).join(", ");
  process.stdout.write(`${operations} operations, seed ${propertySeed}, ${thrownAway} more thrown away; ${counts}\n`);
  expect(everyTrait.filter((trait) => (seen.get(trait) ?? 0) < often)).toEqual([]);
  expect(thrownAway).toBeLessThan(operations / 20);
}
