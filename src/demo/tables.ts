// The tables of Rivemont's two internal databases, as the services' own software would have made them.
import { readCommunes } from "./communes.js";
import { makeGuardianships } from "./guardians.js";
import { makeTown } from "./make-town.js";
import type { People } from "./people.js";
import { dayText } from "./random.js";
import { branches, districts, schools } from "./town.js";

export type Cell = string | number | boolean | null;

export interface Table {
  readonly name: string;
  /** `name type`, the first being the primary key. */
  readonly columns: readonly string[];
  /** Columns that links follow or lists are sorted by. */
  readonly indexes: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Database {
  readonly name: string;
  readonly schemas: readonly string[];
  readonly tables: readonly Table[];
}

/** Raised with every change of what follows: a database of another number is built anew. */
export const dataVersion = 2;

export async function rivemontDatabases(): Promise<readonly Database[]> {
  const { people, enrolments, aids, canteenAccounts, loans } = makeTown();
  const families: Database = {
    name: "rivemont_families",
    schemas: ["public"],
    tables: [
      ...peopleTables(people),
      ...schoolTables(enrolments),
      aidTable(aids),
      guardianTable(makeGuardianships(people)),
    ],
  };
  const education: Database = {
    name: "rivemont_education",
    schemas: ["public", "territoire"],
    tables: [canteenTable(canteenAccounts), ...libraryTables(loans), communeTable(await readCommunes())],
  };
  return [families, education];
}

function peopleTables({ residents, households }: People): readonly Table[] {
  return [
    {
      name: "public.quartiers",
      columns: ["id int", "nom text NOT NULL", "superficie_km2 numeric(6,2) NOT NULL"],
      indexes: [],
      rows: districts.map(({ id, name, area }) => [id, name, area]),
    },
    {
      name: "public.foyers",
      columns: [
        "id int",
        "quotient_familial int",
        "nb_personnes int NOT NULL",
        "quartier_id int NOT NULL",
        "titulaire_id int NOT NULL",
      ],
      indexes: ["quartier_id", "titulaire_id", "quotient_familial"],
      rows: households.map((row) => [row.id, row.quotient, row.size, row.district, row.holder]),
    },
    {
      name: "public.residents",
      columns: [
        "id int",
        "nom text NOT NULL",
        "prenom text NOT NULL",
        "date_naissance date NOT NULL",
        "courriel text",
        "telephone text",
        "numero_secu char(15) NOT NULL",
        "adresse text NOT NULL",
        "quartier_id int NOT NULL",
        "foyer_id int NOT NULL",
        "modifie_le timestamptz(3) NOT NULL",
      ],
      indexes: ["quartier_id", "foyer_id", "nom", "date_naissance"],
      rows: residents.map((row) => [
        row.id,
        row.familyName,
        row.givenName,
        dayText(row.birthDay),
        row.email,
        row.phone,
        row.socialNumber,
        row.address,
        row.district,
        row.household,
        row.changedAt,
      ]),
    },
  ];
}

function schoolTables(enrolments: Table["rows"]): readonly Table[] {
  return [
    {
      name: "public.ecoles",
      columns: [
        "uai text",
        "nom text NOT NULL",
        "type_ecole text NOT NULL",
        "quartier_id int NOT NULL",
        "restauration boolean NOT NULL",
      ],
      indexes: ["quartier_id"],
      rows: schools.map((row) => [row.uai, row.name, row.kind, row.district, row.meals]),
    },
    {
      name: "public.inscriptions_scolaires",
      columns: [
        "id int",
        "resident_id int NOT NULL",
        "ecole_uai text NOT NULL",
        "niveau text NOT NULL",
        "annee_scolaire int NOT NULL",
      ],
      indexes: ["resident_id", "ecole_uai"],
      rows: enrolments,
    },
  ];
}

function aidTable(rows: Table["rows"]): Table {
  return {
    name: "public.aides_sociales",
    columns: [
      "id int",
      "resident_id int NOT NULL",
      "nature text NOT NULL",
      "montant numeric(8,2) NOT NULL",
      "attribuee_le date NOT NULL",
    ],
    indexes: ["resident_id"],
    rows,
  };
}

function guardianTable(rows: Table["rows"]): Table {
  return {
    name: "public.responsables_legaux",
    columns: [
      "id int",
      "responsable_id int NOT NULL",
      "enfant_id int NOT NULL",
      "depuis_le date NOT NULL",
      "jusqu_au date",
    ],
    indexes: ["responsable_id", "enfant_id"],
    rows,
  };
}

function canteenTable(rows: Table["rows"]): Table {
  return {
    name: "public.comptes_cantine",
    columns: [
      "id int",
      "resident_id int NOT NULL",
      "solde numeric(8,2) NOT NULL",
      "regime text",
      "statut text NOT NULL",
      "ouvert_le date NOT NULL",
      "derniere_operation timestamptz(3)",
    ],
    indexes: ["resident_id", "solde"],
    rows,
  };
}

function libraryTables(loans: Table["rows"]): readonly Table[] {
  return [
    {
      name: "public.mediatheques",
      columns: ["code text", "nom text NOT NULL", "adresse text NOT NULL", "ouverte_le date NOT NULL"],
      indexes: [],
      rows: branches.map((row) => [row.code, row.name, row.address, row.opened]),
    },
    {
      name: "public.prets",
      columns: [
        "id bigint",
        "resident_id int NOT NULL",
        "mediatheque_code text NOT NULL",
        "titre text NOT NULL",
        "genre text NOT NULL",
        "emprunte_le date NOT NULL",
        "retour_prevu_le date NOT NULL",
        "rendu_le date",
      ],
      indexes: ["resident_id", "mediatheque_code", "emprunte_le"],
      rows: loans,
    },
  ];
}

function communeTable(rows: Table["rows"]): Table {
  return {
    name: "territoire.communes",
    columns: [
      "code text",
      "nom text NOT NULL",
      "departement_code text NOT NULL",
      "departement text",
      "region text",
      "population int",
      "codes_postaux text",
    ],
    indexes: ["departement_code", "nom", "population"],
    rows,
  };
}
