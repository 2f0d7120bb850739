// Real open data: the communes of France as the package of Etalab publishes them (code officiel géographique).
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

interface Named {
  readonly code: string;
  readonly nom: string;
}

interface PublishedCommune extends Named {
  readonly type: string;
  readonly departement: string;
  readonly region: string;
  readonly population?: number;
  readonly codesPostaux?: readonly string[];
}

const require = createRequire(import.meta.url);

async function published<T>(name: string): Promise<readonly T[]> {
  const file = require.resolve(`@etalab/decoupage-administratif/data/${name}.json`);
  return JSON.parse(await readFile(file, "utf8")) as readonly T[];
}

const names = (list: readonly Named[]) => new Map(list.map(({ code, nom }) => [code, nom]));

/** code, name, department's code and name, region's name, population, postal codes; today's communes only. */
export async function readCommunes(): Promise<readonly (readonly (string | number | null)[])[]> {
  const [communes, departments, regions] = await Promise.all([
    published<PublishedCommune>("communes"),
    published<Named>("departements").then(names),
    published<Named>("regions").then(names),
  ]);
  return communes
    .filter(({ type }) => type === "commune-actuelle")
    .map((commune) => [
      commune.code,
      commune.nom,
      commune.departement,
      departments.get(commune.departement) ?? null,
      regions.get(commune.region) ?? null,
      commune.population ?? null,
      commune.codesPostaux?.join(" ") ?? null,
    ]);
}
