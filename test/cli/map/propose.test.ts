import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bindingsOf, readCatalogue } from "../../../src/catalogue/index.js";
import { propose, type Proposal } from "../../../src/cli/map/propose.js";
import type { Structure } from "../../../src/sources/index.js";
import { reference, structure, table } from "./structures.js";
import { rivemontSources } from "../../support/rivemont.js";

const options = {
  file: "schema.graphql",
  source: "town",
  sources: new Set(["town", "other", ...rivemontSources]),
  wanted: () => true,
};

export function proposed(sdl: string, service: Structure, more: Partial<typeof options> = {}): Proposal {
  const found = propose(sdl, service, { ...options, ...more });
  if (!("sdl" in found)) throw new Error(found.map(({ message }) => message).join("\n"));
  return found;
}

/** Reads it as the gateway would: what is written must load. */
function datasetsOf(sdl: string) {
  const { catalogue, faults } = readCatalogue(sdl, options);
  expect(faults.filter(({ severity }) => severity === "fault")).toEqual([]);
  if (catalogue === null) throw new Error("faults");
  return catalogue.datasets;
}

const one = (from: string, columns: string, more: Parameters<typeof table>[2] = {}) =>
  proposed("", structure(table(from, columns, { key: ["id"], ...more }))).sdl;

const residents = table("public.residents", "id Int!,nom,prenom", { key: ["id"] });

describe("names", () => {
  it.each([
    ["public.comptes_cantine", "CompteCantine", "comptesCantine"],
    ["public.Employee", "Employee", "employees"],
    ["/v2/car-parks?kind=all", "CarPark", "carParks"],
    ["/car-parks/{code}", "CarPark", "carParks"],
    ["open/schools-menus.csv", "SchoolMenu", "schoolsMenus"],
    ["https://smartdatamodels.org/dataModel.Streetlighting/Streetlight", "Streetlight", "streetlights"],
    ["public.bus", "Bus", "buss"],
    ["public.élèves", "Eleve", "eleves"],
    ["public.2024_budget", "T2024Budget", "t2024Budgets"],
    ["public.表", "Table", "tables"],
    ["public.query", "QueryTown", "queryTowns"],
    ["public.residents_where", "ResidentWhere", "residentsWhere"],
  ])("of types are the town's words: %s", (from, name, many) => {
    const [dataset] = datasetsOf(one(from, "id Int,a")).values();
    expect([dataset?.name, dataset?.many, dataset?.from]).toEqual([name, many, from]);
  });

  it("of types never meet those in the file, nor those derived from them", () => {
    const before = proposed("", structure(residents)).sdl;
    const more = structure(residents, table("archive.residents", "id Int!,a", { key: ["id"] }), {
      ...table("public.resident_where", "id Int!,a", { key: ["id"] }),
    });
    const { sdl, newTypes } = proposed(before, more);
    expect(newTypes).toEqual(["ResidentTown", "ResidentWhereTown"]);
    expect(sdl).toContain("# the name Resident is taken or reserved");
    datasetsOf(sdl);
  });

  it("of fields are camelCase, bound by @column where they differ; `id` is the gateway's", () => {
    const [dataset] = datasetsOf(one("t", "id Int!,number,Date_Saisie Date,1er Int,__x,été,ete,or,true,名")).values();
    const bound = [...(dataset?.members.values() ?? [])].map((field) =>
      field.kind === "field" ? `${field.name}=${field.column.name}` : "",
    );
    expect(bound).toEqual(
      ["code=id", "number=number", "dateSaisie=Date_Saisie", "_1er=1er", "x=__x", "ete=été", "ete2=ete"].concat([
        "orValue=or",
        "trueValue=true",
        "column=名",
      ]),
    );
    const [text] = datasetsOf(one("t", "id String!,a")).values();
    expect(text?.key.map(({ name }) => name)).toEqual(["code"]);
  });
});

describe("keys", () => {
  it("are the service's, composite too", () => {
    const [dataset] = datasetsOf(
      one("film_actor", "actor_id Int!,film_id Int!", { key: ["film_id", "actor_id"] }),
    ).values();
    expect(dataset?.key.map(({ column }) => column.name)).toEqual(["film_id", "actor_id"]);
  });

  it("are guessed from names where there is none, and that is said; else the table is left out, with its reason", () => {
    const service = structure(
      table("public.v_communes", "code?,nom"),
      table("public.agents", "nom,id_agent Int?"),
      table("public.journal", "ligne,quand DateTime"),
      table("public.places", "id Int!,x", { key: ["forme"] }),
      table("public.formes", "g geometry"),
    );
    const { sdl, newTypes, notes } = proposed("", service);
    expect(newTypes).toEqual(["VCommune", "Agent"]);
    expect(sdl).toContain('# the service names no key: "code" looks like one. Check that no two rows have the same\n');
    expect(notes).toEqual([
      "public.journal is not proposed: it names no key, and none of its columns looks like one: a row needs one.",
      'public.places is not proposed: its key "forme" cannot be read as one value.',
      "public.formes is not proposed: none of its columns can be read as one value.",
    ]);
    expect(sdl).toContain('# left out: "public.journal": it names no key');
    expect(proposed(sdl, service)).toMatchObject({ sdl, newTypes: [], notes: [] });
  });
});

describe("links", () => {
  const links = (sdl: string) =>
    [...datasetsOf(sdl).values()].flatMap(({ name, members }) =>
      [...members.values()].flatMap((member) =>
        member.kind === "link"
          ? [
              `${name}.${member.name}: ${member.many ? `[${member.target}]` : member.target} ` +
                member.on.map(({ from, to }) => `${from.name}=${to.name}`).join(" "),
            ]
          : [],
      ),
    );

  it("are what the service declares, in both directions, hiding the column that holds the key", () => {
    const { sdl } = proposed(
      "",
      structure(
        table("film", "film_id Int!,title", { key: ["film_id"] }),
        table("film_actor", "film_id Int!,actor_id Int!,credit", {
          key: ["film_id", "actor_id"],
          references: [reference("film_id", "film", "film_id")],
        }),
        table("copy", "copy_id Int!,film_id Int,kept_by Int", {
          key: ["copy_id"],
          references: [reference("film_id", "film", "film_id"), reference("kept_by", "copy", "copy_id")],
        }),
        table("film_text", "film_id Int!,text", {
          key: ["film_id"],
          references: [reference("film_id", "film", "film_id")],
        }),
      ),
    );
    expect(links(sdl)).toEqual([
      "Film.filmActors: [FilmActor] film_id=film_id",
      "Film.copys: [Copy] film_id=film_id",
      "Film.filmText: FilmText film_id=film_id",
      "FilmActor.film: Film film_id=film_id",
      "Copy.film: Film film_id=film_id",
      "Copy.keptBy: Copy kept_by=copy_id",
      "Copy.copysByKeptBy: [Copy] copy_id=kept_by",
      "FilmText.film: Film film_id=film_id",
    ]);
    expect(datasetsOf(sdl).get("Copy")?.members.has("filmId")).toBe(false);
    expect(datasetsOf(sdl).get("FilmActor")?.members.has("filmId")).toBe(true);
  });

  it("are guessed from names, English and French, and each says so", () => {
    const { sdl, counts } = proposed(
      "",
      structure(
        residents,
        table("public.quartiers", "id Int!,nom", { key: ["id"] }),
        table("public.ecoles", "uai!,libelle", { key: ["uai"] }),
        table("public.communes", "code!,libelle", { key: ["code"] }),
        table(
          "public.inscriptions",
          "id Int!,resident_id Int,id_quartier Int,ecole_uai,code_insee,parent_resident_id Int,station_id Int,rang Int",
          { key: ["id"] },
        ),
      ),
    );
    expect(links(sdl).filter((link) => link.startsWith("Inscription."))).toEqual([
      "Inscription.resident: Resident resident_id=id",
      "Inscription.quartier: Quartier id_quartier=id",
      "Inscription.ecole: Ecole ecole_uai=uai",
      "Inscription.commune: Commune code_insee=code",
      "Inscription.parentResident: Resident parent_resident_id=id",
    ]);
    expect(counts).toMatchObject({ links: 10, guessed: 10 });
    expect(sdl).toContain('# guessed from the name "id_quartier"\n  quartier: Quartier @link');
  });

  it("are not guessed between columns of different types, nor where two types fit", () => {
    const parks = (columns: string) => table("parks", columns, { key: ["code"] });
    const districts = table("districts", "number Int!,x", { key: ["number"] });
    expect(links(proposed("", structure(districts, parks("code!,district"))).sdl)).toEqual([]);
    expect(links(proposed("", structure(districts, parks("code!,district_id String"))).sdl)).toEqual([]);
    expect(links(proposed("", structure(districts, parks("code!,district Int"))).sdl)).toEqual([
      "District.parks: [Park] number=district",
      "Park.district: District district=number",
    ]);
    const two = structure(districts, { ...districts, from: "old.districts" }, parks("code!,district_id Int"));
    expect(links(proposed("", two).sdl)).toEqual([]);
  });

  it("lead to types of other sources that are in the file", () => {
    const before = proposed("", structure(table("quartiers", "id Int!,x", { key: ["id"] })), { source: "other" }).sdl;
    const { sdl } = proposed(before, structure(table("parks", "code!,id_quartier Int", { key: ["code"] })));
    expect(links(sdl)).toEqual(["Quartier.parks: [Park] id=id_quartier", "Park.quartier: Quartier id_quartier=id"]);
  });

  it("never make a fault of a column that is hidden behind a name like it", () => {
    const film = table("film", "id Int!,films_id,filmId2", { key: ["id"] });
    const copy = table("copy", "id Int!,film_id Int,filmid,film Int", {
      key: ["id"],
      references: [reference("film_id", "film", "id"), reference("film", "film", "id")],
    });
    const { sdl } = proposed("", structure(film, copy));
    expect(links(sdl).filter((link) => link.startsWith("Copy."))).toHaveLength(2);
  });
});

describe("whose data it is", () => {
  it("is guessed for registers of people and what links to them, and asked for elsewhere", () => {
    const { sdl } = proposed(
      "",
      structure(
        residents,
        table("prets", "id Int!,titre,resident_id Int", {
          key: ["id"],
          references: [reference("resident_id", "public.residents", "id")],
        }),
        table("demandes", "id Int!,objet,demandeur_email", { key: ["id"] }),
        table("arrets", "id Int!,nom", { key: ["id"] }),
      ),
    );
    const datasets = datasetsOf(sdl);
    const subjects = (name: string) => datasets.get(name)?.subjects.map(({ scheme, column }) => [scheme, column.name]);
    expect(subjects("Resident")).toEqual([["resident", "id"]]);
    expect(subjects("Pret")).toEqual([["resident", "resident_id"]]);
    expect(subjects("Demande")).toEqual([]);
    expect(sdl).toContain(
      "# @subject is needed: fields below are personal, and nothing here tells of whom\ntype Demande",
    );
    expect(subjects("Arret")).toEqual([]);
  });

  it("says why a field is marked", () => {
    expect(one("usagers", "id Int!,nir")).toContain(
      '  # column "nir" looks like a social-security number\n  nir: String @personal(category: "OfficialID")\n',
    );
    expect(one("usagers", "id Int!,religion")).toContain('@personal(category: "Religion", special: true)');
  });
});

const town = readFileSync(join(import.meta.dirname, "../../../schema.graphql"), "utf8");

describe("a file that has types already", () => {
  const families = structure(
    table("public.residents", "id Int!,nom,prenom,quartier_id Int,surnom,nouvelle_date Date,dossier_id Int", {
      key: ["id"],
    }),
    table("public.aides_sociales", "id Int!,nature,montant Float,attribuee_le Date,resident_id Int,motif,piece bytea", {
      key: ["id"],
    }),
    table("public.dossiers", "id Int!,ouvert_le Date", { key: ["id"] }),
  );
  const mapped = proposed(town, families, { source: "families" });

  it("keeps every byte of what is there", () => {
    let at = 0;
    for (const line of town.split("\n")) {
      at = mapped.sdl.indexOf(line, at);
      expect(at).toBeGreaterThanOrEqual(0);
      at += line.length;
    }
    expect(mapped.sdl.length).toBeGreaterThan(town.length);
  });

  // Law 1: a rule for `Resident.*`, or the agreement of open data, would open a field that is added to a shared type.
  it("gives nothing new to read: shared types keep their fields and links, and only comments are added to them", () => {
    const [before, after] = [readCatalogue(town, options).catalogue, readCatalogue(mapped.sdl, options).catalogue];
    if (before === null || after === null) throw new Error("faults");
    const shared = (catalogue: typeof before) =>
      [...bindingsOf(catalogue)].filter(
        ([place]) => catalogue.datasets.get(place.split(".")[0] ?? "")?.status === "SHARED",
      );
    expect(shared(after)).toEqual(shared(before));
    expect(mapped.sdl).toContain('  # nouvelleDate: Date @column(name: "nouvelle_date")\n');
    expect(mapped.sdl).toContain('  # dossier: Dossier @link(from: ["dossier_id"], to: ["number"])\n');
    expect([...after.datasets.values()].filter(({ name }) => !before.datasets.has(name))).toMatchObject([
      { name: "Dossier", status: "QUALIFIED", open: false },
    ]);
  });

  it("gets the fields that are missing where the type is not shared, and the reason for what cannot be one", () => {
    const aid = datasetsOf(mapped.sdl).get("SocialAid");
    expect(aid?.members.has("motif")).toBe(true);
    expect(mapped.sdl).toContain('  # left out: "piece": bytea cannot be read as one value\n}');
    expect(mapped.moreFields).toEqual(["Resident", "SocialAid"]);
  });

  it("is proposed nothing the second time", () => {
    expect(proposed(mapped.sdl, families, { source: "families" })).toMatchObject({
      sdl: mapped.sdl,
      newTypes: [],
      moreFields: [],
    });
  });

  it("is told what the service has no more, and loses nothing", () => {
    expect(mapped.notes).toContain(
      'Resident: the service has no column "date_naissance", "courriel", "telephone", "adresse", "numero_secu", "modifie_le", "foyer_id" any more. Nothing is deleted.',
    );
    expect(mapped.notes).toContain("District: the service has no public.quartiers. The type stays in the file.");
  });

  it("is not asked again for what a person left out by name", () => {
    const own = `${town}\n# left out: public.dossiers\n`
      .replace("  # The person helped", "")
      .replace(
        "  beneficiary: Resident @link",
        '  # left out: motif, too private\n  # left out: "piece"\n  beneficiary: Resident @link',
      );
    const { newTypes, moreFields } = proposed(own, families, { source: "families" });
    expect([newTypes, moreFields]).toEqual([[], ["Resident"]]);
  });

  it("keeps its line ends, its byte order mark, a last line without an end, and a type in one line", () => {
    const before = '\ufefftype A @dataset(source: "town", from: "a") @key(fields: "x") { x: Int }\r\n# end';
    const { sdl } = proposed(
      before,
      structure(table("a", "x Int,y", { key: ["x"] }), table("b", "id Int,c", { key: ["id"] })),
    );
    expect(
      sdl.startsWith(
        '\ufefftype A @dataset(source: "town", from: "a") @key(fields: "x") { x: Int \r\n  y: String\r\n}\r\n# end\r\n\r\ntype B\r\n',
      ),
    ).toBe(true);
    expect(sdl.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    datasetsOf(sdl);
  });

  it("is left alone when it has faults: they are told", () => {
    expect(propose("type A { x: Int }", families, options)).toMatchObject([
      { code: "missing-dataset" },
      { code: "missing-key" },
    ]);
  });
});
