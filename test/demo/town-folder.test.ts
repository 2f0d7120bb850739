// The demo's agreements, rules, schema and example queries must fit each other: nobody types them twice.
import { readdirSync, readFileSync } from "node:fs";
import { parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { deriveApiSchema, filterOperators, readCatalogue } from "../../src/catalogue/index.js";
import { demoAgreements, demoQueries } from "../../src/demo/index.js";
import { checkPolicy, compileGrant, createJudge, modelText } from "../../src/policy/index.js";
import {
  agreementRef,
  type ApplicationName,
  formatFault,
  type PurposeName,
  type TenantName,
} from "../../src/terms/index.js";
import { rivemontSources } from "../support/rivemont.js";

const home = new URL("../../", import.meta.url);
const text = (path: string) => readFileSync(new URL(path, home), "utf8");
const today = "2026-11-22";

const schema = text("schema.graphql");
const { catalogue } = readCatalogue(schema, {
  file: "schema.graphql",
  sources: rivemontSources,
});
if (catalogue === null) throw new Error("schema.graphql is faulty");

const files = ["policies/common/", "policies/rivemont/"].flatMap((folder) =>
  readdirSync(new URL(folder, home))
    .filter((name) => name.endsWith(".csv") || name === "filters.yaml")
    .map((name): [string, string] => [folder + name, text(folder + name)]),
);
const agreements = demoAgreements(today);
const { rules, faults } = checkPolicy(
  { tenant: "rivemont" as TenantName, schema, files: new Map([["policies/model.conf", modelText], ...files]) },
  {
    catalogue,
    purposes: new Set(agreements.map(({ purpose }) => purpose)),
    applications: new Set(agreements.map(({ application }) => application.name)),
  },
);

describe("Rivemont's town folder", () => {
  it("has no fault and no warning in its rules", () => {
    expect(faults.map(formatFault)).toEqual([]);
  });

  it.each(agreements)(
    "opens to $application.name exactly what its agreement lists",
    ({ application, purpose, fields }) => {
      if (rules === null) throw new Error("the rules are faulty");
      const grant = compileGrant(rules, createJudge(rules.memberships, catalogue.groups), {
        agreement: agreementRef(application.name, purpose),
        application: application.name as ApplicationName,
        purpose: purpose as PurposeName,
        fields: new Set(catalogue.coordinates.keys()) as never,
      });
      const opened = [...grant.decisions.values()].filter(({ shared }) => shared).map(({ coordinate }) => coordinate);
      expect(opened.toSorted()).toEqual([...fields].sort());
      expect(fields.includes("Resident.email")).toBe(["repas-malin", "mon-rivemont"].includes(application.name));
    },
  );

  it("has one agreement that has ended, the others are in force", () => {
    const inForce = agreements.filter(({ from, until }) => from <= today && today <= until);
    expect(inForce.map(({ application }) => application.name)).toEqual([
      "cantine-plus",
      "biblio-stats",
      "parkeasy",
      "repas-malin",
      "mon-rivemont",
      "controle-fiscal",
    ]);
    expect(agreements.find(({ application }) => application.name === "curieux")?.until).toBe("2026-11-21");
  });

  it.each(demoQueries)("shows a query that is valid: $shows", ({ query }) => {
    const api = deriveApiSchema(catalogue, () => ({
      filter: new Set(filterOperators),
      order: true,
      count: true,
      backward: true,
    }));
    expect(validate(api, parse(query)).map(({ message }) => message)).toEqual([]);
  });
});
