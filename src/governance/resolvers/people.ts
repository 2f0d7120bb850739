// Finding the person whose accesses are asked about, by the town's own registers.
import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { personHandle, type SubjectToken, type Value } from "../../terms/index.js";
import { wordsFor } from "../field-words.js";
import type { FindFault } from "../people-finder.js";
import { registerTitle } from "../processing-register.js";
import type { PersonKeyKind } from "../schema/enums.js";
import { PeopleFound, PersonKeyInput, PersonRegister } from "../schema/people.js";
import { Town } from "../schema/town.js";
import type { Text } from "../text.js";
import { may, opened, refused, townOf, type Visit } from "../visit.js";

const mostKeys = 5;
const longestValue = 200;

@Resolver(() => Town)
export class PeopleResolver {
  /** What a form asks for: of nobody. It is not recorded. */
  @FieldResolver(() => [PersonRegister], { description: "How people of this town's registers can be found." })
  async registers(@Root() { name }: Town, @Ctx() visit: Visit): Promise<readonly PersonRegister[]> {
    const town = townOf(visit, name);
    if (!may(visit, town.name, "FIND_PEOPLE")) throw refused(visit, town.name, "FIND_PEOPLE");
    const catalogue = (await visit.loaders.inForce.load(town.name))?.catalogue ?? null;
    const registers = await visit.services.finder.registers(town.name);
    return registers.map(({ scheme, keys }) => ({
      name: scheme,
      title: registerTitle(scheme, catalogue),
      keys: keys.map(({ name: key, kind, alone, coordinate }) => ({
        name: key,
        title: wordsFor(catalogue, coordinate),
        kind: kind.toUpperCase() as PersonKeyKind,
        alone,
      })),
    }));
  }

  @FieldResolver(() => PeopleFound, { description: "People of a register whose data is the one given. At most 20." })
  async findPeople(
    @Arg("register", () => String) register: string,
    @Arg("by", () => [PersonKeyInput]) by: readonly PersonKeyInput[],
    @Root() { name }: Town,
    @Ctx() visit: Visit,
  ): Promise<PeopleFound> {
    const { services } = visit;
    const tenant = townOf(visit, name).name;
    const known = new Map(by.slice(0, mostKeys).map((each) => [each.name, each.value.slice(0, longestValue)]));
    // By what they were looked for, never the value: that is a person's.
    const filters = { register: plainName(register), by: [...known.keys()].map(plainName).sort().join(" ") };
    await opened(visit, tenant, { right: "FIND_PEOPLE", what: "find people", filters });
    const found = await services.finder.find(tenant, register, known);
    if ("fault" in found) return { people: [], more: false, fault: faults[found.fault] };
    const people = found.people.map(({ key, label }) => ({ token: tokenOf(visit, tenant, register, key), label }));
    const subjects = people.map(({ token }) => ({ scheme: register, token }));
    // Whom they were shown is on record before they are shown.
    if (people.length > 0)
      await opened(visit, tenant, { right: "FIND_PEOPLE", what: "people found", filters, subjects });
    return {
      people: people.map(({ token, label }) => {
        const handle = personHandle({ scheme: register, token });
        return { handle, label, query: `person:${handle}` };
      }),
      more: found.more,
      fault: null,
    };
  }
}

function tokenOf(
  { services }: Visit,
  tenant: Parameters<typeof may>[1],
  scheme: string,
  key: NonNullable<Value>,
): SubjectToken {
  const [token] = services.tokens.seal(tenant, scheme, [key]);
  if (token === undefined) throw new Error("a subject token was not made");
  return token;
}

const plainName = (text: string): string => (/^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(text) ? text : "(not a name)");

const faults: Readonly<Record<FindFault, Text>> = {
  "no-register": {
    fr: "La ville n’a pas de registre de ce nom.",
    en: "The town has no register of that name.",
  },
  "not-enough": {
    fr: "Donnez la clé de la personne, ou son nom avec un prénom ou une date de naissance.",
    en: "Give the person’s key, or their family name with a first name or a date of birth.",
  },
  "no-number": {
    fr: "Dans ce registre, la clé est un nombre entier.",
    en: "In this register the key is a whole number.",
  },
  "no-day": {
    fr: "La date de naissance s’écrit 1987-04-02, et ce jour doit exister.",
    en: "The date of birth is written 1987-04-02, and that day must exist.",
  },
  "too-many": {
    fr: "Trop de personnes portent un tel nom pour toutes les regarder. Ajoutez la date de naissance.",
    en: "Too many people have such a name to look at all of them. Add the date of birth.",
  },
  unavailable: {
    fr: "Le service de la ville qui tient ce registre ne répond pas. Réessayez dans un moment.",
    en: "The town’s service that keeps this register does not answer. Try again in a while.",
  },
};
